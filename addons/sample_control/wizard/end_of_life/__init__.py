from . import sample_stocktake_import, sample_trace
