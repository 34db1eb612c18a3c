from . import (
    sign_off_deputy,
    sign_off_trail_mixin,
    sign_off_route,
    sign_off_route_step,
    sign_off_request,
    sign_off_request_step,
    sign_off_signature,
    sign_off_change,
    sealed_line_mixin,
    sign_off_mixin,
    mail_activity,
    res_users,
)
