"""Where things are, and what is installed from where."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "setup"
ADDONS = ROOT / "addons"
TESTS = ROOT / "tests"

# Everything we build. In a git worktree it may be a link to another checkout's.
LOCAL = (ROOT / ".local").resolve()
VENV = LOCAL / "venv"
PREFIX = LOCAL / "odoo"
LINT_VENV = LOCAL / "lint"
NODE = LOCAL / "node"
DOWNLOADS = LOCAL / "downloads"
LOGS = LOCAL / "log"

ODOO_PACKAGE = "odoo-19"
ODOO_SERIES = "19.0"
# Files that the Odoo package links to, by the Debian suite that has the right version.
LINKED_PACKAGES = {
    "sid": (
        "fonts-montserrat",
        "fonts-roboto-unhinted",
        "fonts-inconsolata",
        "fonts-ocr-b",
        "libjs-jquery",
        "libjs-underscore",
        "libjs-jquery-form",
    ),
    # Odoo draws its icons with Font Awesome 4.7; newer suites carry version 7.
    "bookworm": ("fonts-font-awesome",),
}
# Left out of the Debian package, yet named in Odoo's assets: an empty file will do.
MISSING_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)

SERVER_PACKAGES = {
    # Debian package: a command or file that tells that it is there
    "postgresql": "/usr/lib/postgresql/*/bin/initdb",
    "python3-venv": "/usr/lib/python3*/ensurepip/__init__.py",
    "libmagic1": "/usr/lib/*/libmagic.so.1",
    "wkhtmltopdf": "/usr/bin/wkhtmltopdf",
    "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
}
TEST_PACKAGES = {
    "chromium": "/usr/bin/chromium",
    "poppler-utils": "/usr/bin/pdftotext",
}
LINT_PACKAGES = {
    "nodejs": "/usr/bin/node",
    "npm": "/usr/bin/npm",
    "gettext": "/usr/bin/msgmerge",
}
