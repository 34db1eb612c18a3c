from . import card, custody, document
