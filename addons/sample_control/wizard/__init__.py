from . import (
    end_of_life,
    place,
    policy,
    sample,
    sealing,
    use,
    verification,
)
