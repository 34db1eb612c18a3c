from . import figure_workbook
