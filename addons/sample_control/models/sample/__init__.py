from . import (
    sample_piece_mixin,
    sample_sample,
    sample_sample_line,
    sample_sample_kind,
    sample_sample_validity,
    sample_sample_lifecycle,
    sample_sample_use,
    sample_sample_limit,
    sample_sample_copy,
    product_product,
    product_template,
    res_partner,
)
