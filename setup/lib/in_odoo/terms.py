"""Export translatable terms, merge translations, tell what is missing."""

import io
import json
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tools.translate import trans_export

LANGUAGE = "zh_CN"
# Dates would change the files with every export.
UNSTABLE_HEADERS = ("POT-Creation-Date", "PO-Revision-Date")
WIDTH = 78


def exported(env, module):
    """The terms of an addon as the database knows them, without dates, sorted."""
    buffer = io.BytesIO()
    trans_export(False, [module], buffer, "po", env)
    pot = polib.pofile(buffer.getvalue().decode(), wrapwidth=WIDTH)
    stabilise(pot)
    return pot


def stabilise(catalog):
    """Leave out of a catalog what changes without a reason."""
    for header in UNSTABLE_HEADERS:
        catalog.metadata.pop(header, None)
    catalog.metadata.pop("Last-Translator", None)
    catalog.metadata.pop("Language-Team", None)
    catalog.sort(key=lambda entry: entry.msgid)


def known_translations(env, folders):
    """What our addons, and else the installed ones, already call things in Chinese."""
    installed = env["ir.module.module"].search([("state", "=", "installed")])
    folders = [*folders, *map(get_module_path, sorted(installed.mapped("name")))]
    known = {}
    for folder in folders:
        file = Path(folder) / "i18n" / f"{LANGUAGE}.po"
        for entry in polib.pofile(str(file)) if file.is_file() else ():
            if entry.msgstr and not entry.fuzzy and not entry.obsolete:
                known.setdefault(entry.msgid, entry.msgstr)
    return known


def merged(pot, file, known):
    """The translations of an addon brought to its present terms."""
    translations = polib.pofile(str(file), wrapwidth=WIDTH) if file.exists() else None
    old = {entry.msgid: entry for entry in translations or () if not entry.obsolete}
    new = polib.POFile(wrapwidth=WIDTH)
    new.header = pot.header
    new.metadata = {**pot.metadata, "Language": LANGUAGE}
    for term in pot:
        before = old.get(term.msgid)
        msgstr = before.msgstr if before else ""
        new.append(
            polib.POEntry(
                msgid=term.msgid,
                msgstr=msgstr or known.get(term.msgid, ""),
                comment=term.comment,
                occurrences=term.occurrences,
                flags=[*term.flags, *(before.flags if before else ())],
            )
        )
    for entry in new:
        entry.flags = sorted(set(entry.flags))
    stabilise(new)
    return new


def update(env, folders, ours):
    """Write ``i18n/<addon>.pot`` and ``i18n/zh_CN.po`` of each addon folder."""
    known = known_translations(env, ours)
    for folder in map(Path, folders):
        pot = exported(env, folder.name)
        (folder / "i18n").mkdir(exist_ok=True)
        file = folder / "i18n" / f"{LANGUAGE}.po"
        translations = merged(pot, file, known)
        translations.save(str(file))
        pot.save(str(folder / "i18n" / f"{folder.name}.pot"))
        empty = [entry for entry in translations if not entry.msgstr]
        print(f"TERMS {folder.name}: {len(pot)} terms, {len(empty)} to translate")


def complaints_of(env, folder):
    """What is wrong with the translations of one addon."""
    pot = exported(env, folder.name)
    template = folder / "i18n" / f"{folder.name}.pot"
    file = folder / "i18n" / f"{LANGUAGE}.po"
    if not template.exists() or not file.exists():
        return [f"{folder.name} has no i18n/{template.name} or i18n/{file.name}"]
    terms = {entry.msgid for entry in pot}
    written = {entry.msgid for entry in polib.pofile(str(template))}
    translations = [e for e in polib.pofile(str(file)) if not e.obsolete]
    translated = {entry.msgid for entry in translations}
    found = [f"not in {template.name}: {term!r}" for term in terms - written]
    found += [f"no longer used, in {template.name}: {t!r}" for t in written - terms]
    found += [f"not in {file.name}: {term!r}" for term in terms - translated]
    found += [f"no longer used, in {file.name}: {t!r}" for t in translated - terms]
    found += [f"not translated: {e.msgid!r}" for e in translations if not e.msgstr]
    found += [f"fuzzy: {entry.msgid!r}" for entry in translations if entry.fuzzy]
    return sorted(f"{folder.name}: {line}" for line in found)


def check(env, folders, output):
    """Write the complaints about the translations of each addon folder as JSON."""
    found = [
        line for folder in map(Path, folders) for line in complaints_of(env, folder)
    ]
    Path(output).write_text(json.dumps(found))
