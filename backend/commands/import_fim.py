"""`import-fim`: makes a service package from a form of the federal information management (XDatenfelder)."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from backend.commands.check_service import add_language, report
from backend.services.checker import check_folder
from backend.services.manifest import SLUG
from forms.codelists import CodeList, read_genericode
from forms.fim.conversion import Conversion, convert
from forms.fim.reader import read_message
from forms.problems import Problem, Problems

_MOST_LISTS = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The FIM file, the folder to make, where code lists are, and the language of the messages."""
    parser.add_argument("file", type=Path, help="the form as XDatenfelder 2 or 3, e.g. S00000000364.xdf.xml")
    parser.add_argument("--out", type=Path, required=True, help="folder to make, e.g. catalogue/heimarbeit")
    parser.add_argument("--codelists", type=Path, help="folder with code lists as Genericode (*.xml, *.gc)")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Status 0: the package is there and passes `check-service`; 1: the reasons, and nothing written."""
    try:
        made = import_form(file=arguments.file, out=arguments.out, code_lists=arguments.codelists)
    except Problems as error:
        report(problems=error.problems, language=arguments.language)
        return 1
    print(_summary(made, arguments.out)[arguments.language])
    return 0


def import_form(*, file: Path, out: Path, code_lists: Path | None = None) -> Conversion:
    """Read `file` and write the package to the new folder `out`, whole or not at all.

    Raises `Problems`: a file that cannot be read or is broken, a code list that is, a folder that exists,
    a package that would not pass `check-service`.
    """
    slug = out.name
    if SLUG.fullmatch(slug) is None:
        raise _refusal(str(out), "slug-invalid", slug)
    if out.exists() or out.is_symlink():
        raise _refusal(str(out), "folder-exists")
    try:
        with file.open("rb") as opened:
            schema = read_message(file=opened)
        lists = tuple(_lists(code_lists)) if code_lists is not None else ()
    except _InOtherFileProblems:
        raise
    except OSError as error:
        raise _refusal(str(error.filename), "file-unreadable", os.strerror(error.errno or 0)) from error
    except Problems as error:
        raise Problems(_in_file(file, each) for each in error.problems) from error
    made = convert(schema=schema, slug=slug, code_lists=lists)
    _write(made.files, out)
    return made


def _lists(folder: Path) -> Iterator[CodeList]:
    """Every Genericode file of a folder; one that is none is a mistake the person wants to know of."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".xml", ".gc"})
    if len(files) > _MOST_LISTS:
        raise _refusal(str(folder), "too-many-lists", str(_MOST_LISTS))
    for path in files:
        try:
            with path.open("rb") as opened:
                yield read_genericode(file=opened)
        except Problems as error:
            raise _InOtherFileProblems(_in_file(path, each) for each in error.problems) from error


class _InOtherFileProblems(Problems):
    """Problems that name their file already."""


def _in_file(file: Path, found: Problem) -> Problem:
    return Problem(f"{file}:{found.where}", found.code, found.text)


def _write(files: Mapping[str, bytes], out: Path) -> None:
    """Beside the wanted folder first, checked there, then moved into place in one step."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for name, content in files.items():
            path = beside / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        found = check_folder(folder=beside)
        if found:
            raise Problems(found)
        beside.chmod(0o755)
        beside.rename(out)
    except OSError as error:
        raise _refusal(str(out), "not-written", os.strerror(error.errno or 0)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _summary(made: Conversion, out: Path) -> Mapping[str, str]:
    return {
        "de": f"{out} ist angelegt und in Ordnung. Zu bearbeiten (RULES.md): {made.rules} Regeln, davon "
        f"{made.proposals} mit Vorschlag, und {len(made.notes)} Hinweise.",
        "en": f"{out} was made and is in order. To be worked through (RULES.md): {made.rules} rules, "
        f"{made.proposals} of them with a proposal, and {len(made.notes)} notes.",
    }


_TEXTS = {
    "slug-invalid": (
        "„{0}“ kann kein Leistungspaket heißen. Möglich sind Kleinbuchstaben, Ziffern und Bindestriche.",
        "A service package cannot be called “{0}”. Possible are small letters, digits and hyphens.",
    ),
    "folder-exists": (
        "Den Ordner gibt es schon; er wird nicht überschrieben. Nennen Sie einen anderen.",
        "The folder exists already; it is not overwritten. Name another one.",
    ),
    "file-unreadable": (
        "Die Datei kann nicht gelesen werden ({0}).",
        "The file cannot be read ({0}).",
    ),
    "too-many-lists": (
        "Im Ordner sind mehr als {0} Dateien. Legen Sie nur die Codelisten hinein, die das Formular braucht.",
        "The folder has more than {0} files. Put only the code lists there that the form needs.",
    ),
    "not-written": (
        "Der Ordner kann nicht angelegt werden ({0}).",
        "The folder cannot be made ({0}).",
    ),
}


def _refusal(where: str, code: str, *details: str) -> Problems:
    german, english = _TEXTS[code]
    text = {"de": german.format(*details), "en": english.format(*details)}
    return Problems([Problem(where, code, text)])
