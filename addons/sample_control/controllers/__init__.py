from . import scan, stocktake
