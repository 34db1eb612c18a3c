"""What the documents say exists."""

import os
import re

from lib.paths import ROOT


def test_commands_of_the_readme_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"\bsetup/[a-z0-9]+\b(?![./_])", text))
    assert commands, "README.md names no command"
    for command in commands:
        file = ROOT / command
        assert file.is_file() and os.access(file, os.X_OK), f"{command} is no command"


def test_links_of_the_readme_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (ROOT / target).exists(), f"README.md links to {target}"
