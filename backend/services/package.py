"""A service package as bytes: read from a folder within limits, refused if anything does not belong."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from forms.problems import Problem, Problems

MAX_FILES = 100
MAX_FILE_BYTES = 512 * 1024
MAX_TOTAL_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 2
REQUIRED = ("service.toml", "form.json", "form.ui.json", "process.bpmn", "scenarios.toml")
# Everything a package may contain. A name outside this list is a mistake or an attack; both are refused.
ALLOWED = re.compile(
    r"service\.toml|form\.json|form\.ui\.json|process\.bpmn|scenarios\.toml|eligibility\.json|README\.md|RULES\.md"
    r"|[a-z0-9][a-z0-9_-]{0,60}\.dmn"
    r"|letters/[a-z0-9][a-z0-9_-]{0,60}\.[a-z]{2}\.md"
    r"|tasks/[a-z0-9][a-z0-9_-]{0,60}\.json"
    r"|codelists/[a-z0-9][a-z0-9_-]{0,60}\.json"
)


class PackageProblems(Problems):
    """The package was refused whole; every `where` has the form `file:place`."""


@dataclass(frozen=True, slots=True)
class Package:
    """The files of one service package: name inside the package (with `/`) → content.

    `content_hash` is the SHA-256 of the canonical listing (see `hash_of`), in hexadecimal.
    """

    files: Mapping[str, bytes]
    content_hash: str

    @classmethod
    def of(cls, *, files: Mapping[str, bytes]) -> Package:
        """Make a package from files already in memory; raises `PackageProblems` like `load_folder`."""
        problems = list(_problems_of_files(files))
        if problems:
            raise PackageProblems(problems)
        return cls(files=MappingProxyType(dict(sorted(files.items()))), content_hash=hash_of(files=files))

    @classmethod
    def of_texts(cls, *, texts: Mapping[str, str]) -> Package:
        """Make a package from texts as the database keeps them."""
        return cls.of(files={name: text.encode() for name, text in texts.items()})

    def texts(self) -> dict[str, str]:
        """The same files as texts: all of them are UTF-8, `of` has seen to that."""
        return {name: content.decode() for name, content in self.files.items()}

    def names(self, pattern: str) -> tuple[str, ...]:
        """Names that match a glob such as `letters/*.md`, in order."""
        return tuple(name for name in self.files if PurePosixPath(name).match(pattern))


def hash_of(*, files: Mapping[str, bytes]) -> str:
    """SHA-256 over one line per file, sorted by name: `sha256-of-content  name`.

    The same as `sha256sum` over the sorted list of `sha256sum` lines, so that anybody can recompute it.
    """
    lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def load_folder(*, folder: Path) -> Package:
    """Read a package from a folder.

    Files whose name starts with a dot are left out (editors and file managers make them). Raises
    `PackageProblems`: not a folder, symbolic links, devices, unknown names, too many or too large files,
    missing files, text that is not UTF-8.
    """
    if not folder.is_dir():
        raise PackageProblems(
            [
                _problem(
                    str(folder),
                    "not-a-folder",
                    "Das ist kein Ordner. Geben Sie den Ordner des Leistungspakets an.",
                    "This is not a folder. Name the folder of the service package.",
                )
            ]
        )
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, found in _walk(folder, PurePosixPath()):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            files[name] = found
        if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL_BYTES:
            break  # `of` reports it; reading on would be what the limit is there to prevent.
    if problems:
        raise PackageProblems(problems)
    return Package.of(files=files)


def _walk(folder: Path, inside: PurePosixPath) -> Iterator[tuple[str, bytes | Problem]]:
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.name.startswith("."):
            continue
        name = str(inside / entry.name)
        if entry.is_symlink():
            yield (
                name,
                _problem(
                    name,
                    "symbolic-link",
                    "Verknüpfungen sind nicht erlaubt. Legen Sie die Datei selbst in den Ordner.",
                    "Symbolic links are not allowed. Put the file itself into the folder.",
                ),
            )
        elif entry.is_dir(follow_symlinks=False):
            if len(inside.parts) + 1 < MAX_DEPTH:
                yield from _walk(Path(entry.path), inside / entry.name)
            else:
                yield name, _unexpected(name)
        else:
            yield name, _read(Path(entry.path), name)


def _read(path: Path, name: str) -> bytes | Problem:
    """Read at most the limit plus one byte; a device, pipe or a link swapped in meanwhile is refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        return _problem(
            name,
            "unreadable",
            f"Die Datei kann nicht gelesen werden ({reason}).",
            f"The file cannot be read ({reason}).",
        )
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return _unexpected(name)
        return file.read(MAX_FILE_BYTES + 1)


def _problems_of_files(files: Mapping[str, bytes]) -> Iterator[Problem]:
    for name in REQUIRED:
        if name not in files:
            yield _problem(
                name,
                "missing-file",
                "Diese Datei fehlt im Leistungspaket.",
                "This file is missing in the package.",
            )
    if len(files) > MAX_FILES:
        yield _problem(
            ".",
            "too-many-files",
            f"Das Paket hat mehr als {MAX_FILES} Dateien.",
            f"The package has more than {MAX_FILES} files.",
        )
    if sum(map(len, files.values())) > MAX_TOTAL_BYTES:
        limit = MAX_TOTAL_BYTES // 1024
        yield _problem(
            ".",
            "package-too-large",
            f"Das Paket ist größer als {limit} KiB.",
            f"The package is larger than {limit} KiB.",
        )
    for name, content in files.items():
        yield from _problems_of_file(name, content)


def _problems_of_file(name: str, content: bytes) -> Iterator[Problem]:
    if not ALLOWED.fullmatch(name):
        yield _unexpected(name)
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024
        yield _problem(
            name,
            "file-too-large",
            f"Die Datei ist größer als {limit} KiB.",
            f"The file is larger than {limit} KiB.",
        )
        return
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield _problem(
            f"{name}:line {line}",
            "not-utf-8",
            "Die Datei ist nicht als UTF-8 gespeichert. Speichern Sie sie mit der Kodierung UTF-8.",
            "The file is not saved as UTF-8. Save it with the encoding UTF-8.",
        )
        return
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        yield _problem(
            f"{name}:line {line}",
            "nul-character",
            "Die Datei enthält ein NUL-Zeichen; sie ist keine Textdatei.",
            "The file contains a NUL character; it is not a text file.",
        )


def _unexpected(name: str) -> Problem:
    return _problem(
        name,
        "unexpected-file",
        "Diese Datei gehört nicht in ein Leistungspaket. Erlaubt sind die Namen aus"
        " docs/reference/service-package.md, in Kleinbuchstaben.",
        "This file does not belong in a service package. Allowed are the names in"
        " docs/reference/service-package.md, in lower case.",
    )


def _problem(where: str, code: str, de: str, en: str) -> Problem:
    return Problem(where=where, code=code, text={"de": de, "en": en})
