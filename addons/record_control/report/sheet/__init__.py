from . import print_sheet
