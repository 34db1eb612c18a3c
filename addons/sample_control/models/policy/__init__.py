from . import (
    sample_delivered_mixin,
    sample_characteristic,
    sample_policy,
    sample_policy_document,
    sample_policy_log,
    sample_policy_mixin,
    sample_protection_tag,
    sample_reason,
    sample_type,
    product_category,
    product_template,
)
