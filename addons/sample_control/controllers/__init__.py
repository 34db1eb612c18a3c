from . import figures, scan, stocktake
