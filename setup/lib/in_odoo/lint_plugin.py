"""A pytest plugin: Odoo's own lint tests look at our addons only.

What they complain about is written as JSON to the file named in ``SUITE_LINT_RESULT``.
"""

import json
import os
from pathlib import Path

from odoo.modules import Manifest

ADDONS = Path(__file__).resolve().parents[3] / "addons"
OURS = [file.parent.name for file in sorted(ADDONS.glob("*/__manifest__.py"))]
complaints = []
counts = {"tests": 0}


def pytest_sessionstart():
    """Name only our addons when a lint test asks for all."""
    Manifest.all_addon_manifests = staticmethod(
        lambda: [manifest for name in OURS if (manifest := Manifest.for_addon(name))]
    )


def pytest_runtest_logreport(report):
    """Keep the failures, but for those that name an addon of somebody else."""
    counts["tests"] += report.when == "call"
    context = getattr(report, "context", None)
    module = (getattr(context, "kwargs", None) or {}).get("module")
    if report.failed and (module is None or module in OURS):
        lines = str(report.longrepr).splitlines()
        message = [line[1:].strip() for line in lines if line.startswith("E ")]
        name = report.nodeid.split("::")[-1]
        complaints.append(f"{name}: " + "\n    ".join(message or lines[-3:]))


def pytest_sessionfinish():
    """Hand the complaints over."""
    result = {**counts, "complaints": complaints}
    Path(os.environ["SUITE_LINT_RESULT"]).write_text(json.dumps(result))
