# what the models below inherit comes first
from .. import numbering  # noqa: F401  isort: skip
from . import guarded_name_mixin  # isort: skip
from . import restricted_content  # isort: skip
from . import (
    access_grant,
    access_log,
    base,
    ir_actions_report,
    ir_attachment,
    ir_binary,
    ir_rule,
    mail_activity,
    mail_compose_message,
    mail_mail,
    mail_message,
    mail_template,
    mail_thread,
    mail_tracking_value,
    own_wizard_mixin,
    res_config_settings,
    restricted_record,
)
