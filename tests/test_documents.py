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


def test_links_of_the_documents_lead_somewhere():
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
            found = (document.parent / target).exists()
            assert found, f"{document.name} links to {target}"


def test_pictures_are_shown_and_small():
    shown = "".join(file.read_text("utf-8") for file in (ROOT / "docs").glob("*.md"))
    shown += (ROOT / "README.md").read_text("utf-8")
    for picture in (ROOT / "docs").rglob("*.png"):
        assert picture.name in shown, f"{picture.name} is in no document"
        assert picture.stat().st_size < 300_000, f"{picture.name} is too large"
