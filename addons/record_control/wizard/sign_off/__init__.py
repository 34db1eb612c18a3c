from . import sign_off_contact_wizard, sign_off_preview, sign_off_wizard
