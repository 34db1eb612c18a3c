"""Every addon's manifest and access files keep the rules of the house."""

import csv
import re

import pytest

from lib.addons import all_addons
from lib.paths import SETUP

ADDONS = all_addons()
EACH_ADDON = pytest.mark.parametrize("addon", ADDONS.values(), ids=list(ADDONS))


@EACH_ADDON
def test_manifest_is_complete(addon):
    manifest = addon.manifest
    for key in ("name", "summary", "version", "author", "license", "depends"):
        assert manifest.get(key), f"{addon.name}: the manifest lacks {key}"
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])
    assert manifest["license"] == "AGPL-3"


@EACH_ADDON
def test_files_of_the_manifest_exist(addon):
    for key in ("data", "demo"):
        for name in addon.manifest.get(key, []):
            assert (addon.path / name).is_file(), f"{addon.name}: {name} is missing"


@EACH_ADDON
def test_data_files_are_in_the_manifest(addon):
    """A file that no manifest names is dead, and nobody notices."""
    named = {*addon.manifest.get("data", []), *addon.manifest.get("demo", [])}
    folders = ("views", "security", "data", "report", "wizard", "demo")
    files = {
        str(file.relative_to(addon.path))
        for folder in folders
        for suffix in ("xml", "csv")
        for file in (addon.path / folder).rglob(f"*.{suffix}")
    }
    assert not files - named, f"{addon.name}: not in the manifest"


@EACH_ADDON
def test_access_lines_name_a_group(addon):
    for file in addon.path.glob("security/**/ir.model.access.csv"):
        seen = set()
        with open(file, encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                assert row["group_id:id"], f"{file.name}: {row['id']} is for everybody"
                assert row["id"] not in seen, f"{file.name}: {row['id']} is there twice"
                seen.add(row["id"])


@EACH_ADDON
def test_python_libraries_are_provisioned(addon):
    provisioned = "\n".join(
        file.read_text() for file in SETUP.glob("requirements*.txt")
    ).lower()
    for library in addon.manifest.get("external_dependencies", {}).get("python", []):
        assert re.search(rf"^{re.escape(library.lower())}\b", provisioned, re.MULTILINE)
