"""``setup/lint``: the style and the rules of the house, and their automatic repair."""

import argparse
import os
import re
import subprocess
from pathlib import Path

from . import paths
from .lint_tools import ensure_lint_tools
from .shell import Failure, say

DESCRIPTION = """\
Check the style and the rules of the house.

  setup/lint                  everything, with the checks that need a database
  setup/lint --quick          everything that needs no database
  setup/lint addons/x tests   only these files or folders, no database
  setup/lint --fix [paths]    repair what can be repaired first
"""
PRETTY = (".xml", ".js", ".scss")
# Rules of the OCA's hooks that do not apply to this repository.
OCA_DISABLED = ("weblate-component-too-long", "prefer-readme-rst", "file-not-used")
# Hosts are written so that this file does not name them.
REGISTRY = re.compile(
    r"\b(?:(?:deb|ftp|security|snapshot|archive)[.](?:debian|ubuntu)[.]\w+"
    r"|(?:test[.])?pypi[.]org|pythonhosted[.]org|registry[.](?:npmjs|yarnpkg)[.]\w+)\b"
)
# Chinese text takes full-width marks; a placeholder may follow them.
HALF_WIDTH = re.compile(  # behind Chinese or a value, before Chinese, a number, a value or the end
    r"(?:[\u4e00-\u9fff\u201d\uff09]|%\(\w+\)s)[,;:?!]"
    r"(?=\s*[\u4e00-\u9fff\u201c\uff08]|%\(|\d|\s*(?:\\n|\"?$))"
)
CHINESE_FILES = re.compile(r"/i18n/zh_CN\.po$|/(?:data|demo)/.*\.xml$")
MACHINE_PATH = re.compile(r"(?<![\w./~>-])/(?:work|root|home|Users)/\w")


class Problems:
    """Collects what the checks find and tells it."""

    def __init__(self):
        self.failed = []

    def report(self, check, text):
        """Print the outcome of one check; a text is a complaint."""
        text = text.strip()
        if text:
            self.failed.append(check)
            print(f"--- {check}\n{text}\n", flush=True)
        else:
            print(f"ok  {check}", flush=True)

    def tool(self, check, command, **options):
        """Run a tool that exits with non-zero when it finds something."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **options,
        )
        silent = f"exit code {done.returncode}"
        self.report(check, (done.stdout or silent) if done.returncode else "")


def tracked_files(selection):
    """The files of the repository (new ones too) below the selected paths."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
        + [str(path) for path in selection],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        raise Failure(f"git ls-files failed: {listing.stderr}")
    names = sorted(set(filter(None, listing.stdout.split("\0"))))
    return [name for name in names if (paths.ROOT / name).is_file()]


def is_python(name):
    """Whether a file is Python, by its name or its first line."""
    if name.endswith(".py"):
        return True
    if "." in Path(name).name:
        return False
    with open(paths.ROOT / name, "rb") as handle:
        return b"python3" in handle.readline(80)


def addons_of(names):
    """The addon folders that contain these files."""
    folders = {"/".join(name.split("/")[:2]) for name in names}
    manifests = (paths.ROOT / folder / "__manifest__.py" for folder in folders)
    return sorted(
        str(file.parent.relative_to(paths.ROOT)) for file in manifests if file.is_file()
    )


def pretty_files(names):
    """The files that prettier formats."""
    return [n for n in names if n.endswith(PRETTY) and "/static/lib/" not in n]


def check_python(problems, names, fix):
    """Run ruff over all Python files and pylint-odoo over the addons."""
    files = [name for name in names if is_python(name)]
    if not files:
        return
    ruff = [paths.LINT_VENV / "bin/ruff"]
    if fix:
        subprocess.run(
            [*ruff, "check", "-q", "--fix", *files], cwd=paths.ROOT, check=False
        )
        subprocess.run([*ruff, "format", "-q", *files], cwd=paths.ROOT, check=False)
    problems.tool("ruff check", [*ruff, "check", "-q", "--no-cache", *files])
    check = [*ruff, "format", "--check", "--no-cache", *files]
    problems.tool("ruff format", check)
    modules = [name for name in files if name.startswith("addons/")]
    if modules:
        pylint = [paths.LINT_VENV / "bin/pylint", "--rcfile=.pylintrc", "-j0"]
        problems.tool("pylint-odoo", [*pylint, *modules])


def check_addons(problems, names, fix):
    """Run the OCA's checks of data files and translations."""
    addons = addons_of(names)
    options = ["--disable", ",".join(OCA_DISABLED), *(["--fix"] if fix else [])]
    if addons:
        hook = paths.LINT_VENV / "bin/oca-checks-odoo-module"
        problems.tool("OCA checks", [hook, *options, *addons])
    translations = [name for name in names if name.endswith((".po", ".pot"))]
    if translations:
        hook = paths.LINT_VENV / "bin/oca-checks-po"
        # The format of translation files is that of setup/i18n.
        options = ["--disable", "po-pretty-format"]
        problems.tool("OCA translation checks", [hook, *options, *translations])


def check_formatting(problems, names, fix):
    """Run prettier over XML, JavaScript and SCSS."""
    files = pretty_files(names)
    if not files:
        return
    modules = paths.NODE / "node_modules"
    environment = {**os.environ, "NODE_PATH": str(modules)}
    command = ["node", modules / "prettier/bin/prettier.cjs", "--log-level=warn"]
    if fix:
        subprocess.run(
            [*command, "--write", *files], cwd=paths.ROOT, env=environment, check=False
        )
    problems.tool("prettier", [*command, "--check", *files], env=environment)


def check_portability(problems, names):
    """No file may name a path of somebody's machine or a package registry."""
    found = []
    own_paths = [f"{paths.ROOT}/", f"{Path.home()}/"]
    for name in names:
        try:
            text = (paths.ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line) or any(path in line for path in own_paths):
                found.append(f"{name}:{number}: a path of one machine: {line.strip()}")
            if REGISTRY.search(line):
                found.append(f"{name}:{number}: a package registry: {line.strip()}")
    problems.report("no machine paths, no registry hosts", "\n".join(found))


def chinese_lines(name, text):
    """Yield the numbered lines that are Chinese text: of translations, not what they translate."""
    translated = not name.endswith(".po")
    for number, line in enumerate(text.splitlines(), 1):
        if name.endswith(".po") and not line.startswith('"'):
            translated = line.startswith("msgstr")
        if translated:
            yield number, line


def check_punctuation(problems, names):
    """Chinese texts of translations and data use full-width punctuation."""
    found = []
    for name in filter(CHINESE_FILES.search, names):
        text = (paths.ROOT / name).read_text(encoding="utf-8")
        found += [
            f"{name}:{number}: half-width mark in Chinese: {line.strip()}"
            for number, line in chinese_lines(name, text)
            if HALF_WIDTH.search(line)
        ]
    problems.report("Chinese punctuation", "\n".join(found))


def check_with_database(problems):
    """Run the checks that need an installed suite."""
    from . import lint_database  # provisions Odoo: only when it is asked for

    for check, complaints in lint_database.checks():
        problems.report(check, complaints)


def main(argv):
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="setup/lint",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--fix", action="store_true", help="repair what can be repaired"
    )
    parser.add_argument("--quick", action="store_true", help="use no database")
    parser.add_argument("paths", nargs="*", help="files or folders (default: all)")
    options = parser.parse_args(argv)
    ensure_lint_tools()
    names = tracked_files([Path(path).resolve() for path in options.paths])
    if not names:
        raise Failure(
            "there are no such files", "name files or folders of the repository"
        )
    problems = Problems()
    check_python(problems, names, options.fix)
    check_addons(problems, names, options.fix)
    check_formatting(problems, names, options.fix)
    check_portability(problems, names)
    check_punctuation(problems, names)
    if not (options.quick or options.paths):
        check_with_database(problems)
    if problems.failed:
        raise Failure(f"{', '.join(problems.failed)}", "setup/lint --fix repairs some")
    say("all checks passed")
    return 0
