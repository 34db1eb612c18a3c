from . import (
    access_grant,
    access_log,
    restricted_record,
)
