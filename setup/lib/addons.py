"""The addons of this repository, read from their manifests."""

import ast
import hashlib

from .paths import ADDONS
from .shell import Failure

# What cannot change a database: not part of an addon's digest.
NOT_IN_DATABASE = ("tests", "static", "readme", "__pycache__")


class Addon:
    """One addon: its name, folder and manifest."""

    def __init__(self, path):
        self.path = path
        self.name = path.name
        try:
            self.manifest = ast.literal_eval((path / "__manifest__.py").read_text())
        except (SyntaxError, ValueError) as error:
            raise Failure(
                f"{path.name}/__manifest__.py cannot be read: {error}"
            ) from error

    @property
    def depends(self):
        """The names of the addons that it depends on."""
        return self.manifest.get("depends", ["base"])

    @property
    def is_for_tests(self):
        """Whether it only serves our tests and is never installed for a customer."""
        return self.name.startswith("test_")

    def digest(self):
        """A digest of the files that decide what is in the database."""
        digest = hashlib.sha256()
        for file in sorted(self.path.rglob("*")):
            inside = file.relative_to(self.path)
            if file.is_dir() or set(inside.parts[:-1]) & set(NOT_IN_DATABASE):
                continue
            if file.suffix in (".md", ".pyc"):
                continue
            digest.update(f"{inside}\0".encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()[:16]


def all_addons(folder=ADDONS):
    """Our addons by name, each after those that it depends on."""
    found = {
        file.parent.name: Addon(file.parent)
        for file in sorted(folder.glob("*/__manifest__.py"))
        if Addon(file.parent).manifest.get("installable", True)
    }
    ordered = {}

    def add(name, wanted_by=()):
        if name in wanted_by:
            raise Failure(f"addons depend on each other: {wanted_by} {name}")
        if name in found and name not in ordered:
            for other in found[name].depends:
                add(other, (*wanted_by, name))
            ordered[name] = found[name]

    for name in found:
        add(name)
    return ordered


def suite():
    """The addons that customers install."""
    return {
        name: addon for name, addon in all_addons().items() if not addon.is_for_tests
    }


def with_dependencies(names):
    """The named addons of ours and those of ours that they need, in order."""
    addons = all_addons()
    unknown = [name for name in names if name not in addons]
    if unknown:
        raise Failure(
            f"there is no addon {', '.join(unknown)} in addons/",
            f"there are: {', '.join(addons)}",
        )
    wanted = set()

    def add(name):
        if name in addons and name not in wanted:
            wanted.add(name)
            for other in addons[name].depends:
                add(other)

    for name in names:
        add(name)
    return {name: addon for name, addon in addons.items() if name in wanted}


def foreign_dependencies(addons):
    """The addons of Odoo and OCA that ours depend on."""
    ours = all_addons()
    return sorted(
        {
            name
            for addon in addons.values()
            for name in addon.depends
            if name not in ours
        }
    )


def digests(addons):
    """The digest of each addon."""
    return {name: addon.digest() for name, addon in addons.items()}
