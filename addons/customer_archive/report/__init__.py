from . import card, confidentiality, custody, data, document
