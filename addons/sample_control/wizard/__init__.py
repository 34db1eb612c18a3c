from . import (
    end_of_life,
    figures,
    place,
    policy,
    sample,
    sealing,
    use,
    verification,
)
