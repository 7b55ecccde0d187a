"""The whole inspection of one file, in this process, without limits: for the child process and for tests."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from backend.files.inspection import kinds
from backend.files.inspection.archives import open_archive
from backend.files.inspection.images import check_heic, check_tiff
from backend.files.inspection.jpeg import check_jpeg
from backend.files.inspection.kinds import SUPPORTED, Kind
from backend.files.inspection.office import check_office, check_zip, kind_of
from backend.files.inspection.pdf import check_pdf
from backend.files.inspection.png import check_png
from backend.files.inspection.recognition import forbid_second_nature, recognise
from backend.files.inspection.texts import check_text
from backend.files.inspection.verdict import Accepted, Refuse, Refused, Words, refused, same

_LONGEST_NAME = 255

_CHECKS: Mapping[str, Callable[[bytes], None]] = {
    kinds.PDF.media_type: check_pdf,
    kinds.JPEG.media_type: check_jpeg,
    kinds.PNG.media_type: check_png,
    kinds.TIFF.media_type: check_tiff,
    kinds.HEIC.media_type: check_heic,
}


def judge(*, content: bytes, name: str, types: tuple[str, ...]) -> Accepted | Refused:
    """Accepted with its media type, or refused with a code and sentences. Raises nothing for any bytes."""
    try:
        return Accepted(_judged(content, name, types).media_type)
    except Refuse as reason:
        return refused(code=reason.code, **reason.details)
    except (MemoryError, RecursionError):
        return refused(code="too-demanding")


def _judged(content: bytes, name: str, types: tuple[str, ...]) -> Kind:
    _check_name(name)
    if not content:
        raise Refuse("empty")
    kind = recognise(content)
    if kind is None:
        raise Refuse("unknown-type", allowed=allowed(types))
    if kind is kinds.ZIP:
        return _judged_container(content, name, types)
    if kind is kinds.TEXT and _extension(name) in kinds.CSV.extensions:
        kind = kinds.CSV
    _check_allowed(kind, name, types)
    forbid_second_nature(content, kind=kind)
    if kind in (kinds.TEXT, kinds.CSV):
        check_text(content, kind=kind)
    else:
        _CHECKS[kind.media_type](content)
    return kind


def _judged_container(content: bytes, name: str, types: tuple[str, ...]) -> Kind:
    archive = open_archive(content, kind=kinds.ZIP)
    kind = archive.kind = kind_of(archive)
    _check_allowed(kind, name, types)
    if kind is kinds.ZIP:
        check_zip(archive)
    else:
        forbid_second_nature(content, kind=kind)
        check_office(archive, kind=kind)
    return kind


def _check_allowed(kind: Kind, name: str, types: tuple[str, ...]) -> None:
    if kind.media_type not in types or kind.media_type not in SUPPORTED:
        raise Refuse("not-allowed", kind=kind.words, allowed=allowed(types))
    extension = _extension(name)
    if extension and extension not in kind.extensions:
        raise Refuse(
            "wrong-extension", extension=same(extension), kind=kind.words, right=same(kind.extensions[0])
        )


def allowed(types: tuple[str, ...]) -> Words:
    """The allowed types as people call them; those we cannot check are never allowed."""
    plurals = [SUPPORTED[media_type].plural for media_type in types if media_type in SUPPORTED]
    german, english = (", ".join(words[place] for words in plurals if words) for place in (0, 1))
    return (german or "keine", english or "none")


def _extension(name: str) -> str:
    """What follows the last dot, in small letters; empty if there is none."""
    return name.rpartition(".")[2].lower().strip() if "." in name else ""


def _check_name(name: str) -> None:
    """No slashes, control characters, invisible or direction-turning marks: they hide what a name ends in."""
    hidden = any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") for character in name)
    if not name.strip() or len(name.encode("utf-8", "replace")) > _LONGEST_NAME or hidden:
        raise Refuse("bad-name")
    if "/" in name or "\\" in name:
        raise Refuse("bad-name")
