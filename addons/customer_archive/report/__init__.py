from . import custody, document
