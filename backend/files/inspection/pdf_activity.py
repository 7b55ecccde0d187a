"""What a PDF can do besides showing pages: found in every object, used or not. Names: ISO 32000-2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pikepdf

from backend.files.inspection.verdict import Refuse, Words

_JAVASCRIPT: Words = ("JavaScript", "JavaScript")
_LAUNCH: Words = ("Start von Programmen", "starting of programs")
_SENDING: Words = ("Versenden oder Einlesen von Formulardaten", "sending or loading of form data")
_ATTACHED: Words = ("angehängte Dateien", "attached files")
_MEDIA: Words = ("Ton, Video oder 3D", "sound, video or 3D")
_XFA: Words = ("ein XFA-Formular", "an XFA form")
_TRIGGERS: Words = ("Aktionen, die von selbst ablaufen", "actions that run by themselves")
_ELSEWHERE: Words = ("Sprünge in andere Dateien", "jumps to other files")
_OUTSIDE: Words = ("Inhalte aus anderen Dateien", "content from other files")
_POSTSCRIPT: Words = ("PostScript-Programme", "PostScript programs")
_OTHER: Words = ("Aktionen, die keine Links sind", "actions that are not links")

BY_KEY: Mapping[str, Words] = {
    "/JS": _JAVASCRIPT,
    "/JavaScript": _JAVASCRIPT,
    "/AA": _TRIGGERS,
    "/EF": _ATTACHED,
    "/EmbeddedFiles": _ATTACHED,
    "/XFA": _XFA,
    "/RichMediaContent": _MEDIA,
    "/RichMediaSettings": _MEDIA,
    "/OPI": _OUTSIDE,
}
# Only in the dictionary of a stream: elsewhere the same keys are flags, fonts or references in tagged text.
BY_STREAM_KEY: Mapping[str, Words] = {
    "/F": _OUTSIDE,
    "/FFilter": _OUTSIDE,
    "/FDecodeParms": _OUTSIDE,
    "/Ref": _OUTSIDE,
}
# The values of /S (action), /Subtype (annotation, stream) and /Type, to name what was found. What /S means
# depends on where it stands; where an action stands only `_ACTIONS` are taken.
BY_VALUE: Mapping[str, Mapping[str, Words]] = {
    "/S": {
        "/JavaScript": _JAVASCRIPT,
        "/Launch": _LAUNCH,
        "/SubmitForm": _SENDING,
        "/ImportData": _SENDING,
        "/GoToE": _ATTACHED,
        "/GoToR": _ELSEWHERE,
        "/GoToDp": _ELSEWHERE,
        "/Thread": _ELSEWHERE,
        "/Rendition": _MEDIA,
        "/Movie": _MEDIA,
        "/Sound": _MEDIA,
        "/RichMediaExecute": _MEDIA,
        "/GoTo3DView": _MEDIA,
    },
    "/Subtype": {
        "/FileAttachment": _ATTACHED,
        "/RichMedia": _MEDIA,
        "/Screen": _MEDIA,
        "/Movie": _MEDIA,
        "/Sound": _MEDIA,
        "/3D": _MEDIA,
        "/PS": _POSTSCRIPT,
    },
    "/Subtype2": {"/PS": _POSTSCRIPT},
    "/Type": {"/EmbeddedFile": _ATTACHED},
}
_ACTIONS = ("/GoTo", "/URI", "/Named")
_OPENING = ("/GoTo", "/Named")
_ACTION_KEYS = ("/A", "/PA", "/Next")


def forbid_activity(pdf: pikepdf.Pdf) -> None:
    """Raises `Refuse("active-content")` that names everything that was found."""
    found: dict[Words, None] = {}
    for start in (pdf.trailer, *pdf.objects):
        waiting = [start]
        while waiting:
            thing = waiting.pop()
            by_key = {**BY_KEY, **BY_STREAM_KEY} if isinstance(thing, pikepdf.Stream) else BY_KEY
            for key, value in _members(thing):
                words = by_key.get(key) or _by_value(key, value) or _by_place(key, value)
                if words:
                    found[words] = None
                if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
                    waiting.append(value)
    if found:
        german, english = zip(*found, strict=True)
        raise Refuse("active-content", found=(", ".join(german), ", ".join(english)))


def _members(thing: object) -> Iterable[tuple[str, object]]:
    """What a dictionary, the dictionary of a stream or an array holds; the members of arrays have no key."""
    if isinstance(thing, pikepdf.Stream):
        return thing.stream_dict.items()
    if isinstance(thing, pikepdf.Dictionary):
        return thing.items()
    if isinstance(thing, pikepdf.Array):
        return (("", member) for member in thing)
    return ()


def _by_value(key: str, value: object) -> Words | None:
    if key in BY_VALUE and isinstance(value, pikepdf.Name):
        return BY_VALUE[key].get(str(value))
    return None


def _by_place(key: str, value: object) -> Words | None:
    """Actions by where they stand: what runs on opening may only turn pages, a click may follow links."""
    if key == "/OpenAction":
        return None if _only_opens(value) else _TRIGGERS
    if key in _ACTION_KEYS:
        for action in _dictionaries(value):
            # Outlines have /Next and tagged text has /A too, but neither has /S there.
            name = action.get("/S")
            if name is not None and str(name) not in _ACTIONS:
                return BY_VALUE["/S"].get(str(name), _OTHER)
    return None


def _only_opens(value: object) -> bool:
    """A place in this document, or GoTo and Named alone: a chain of actions needs nobody who clicks."""
    if not isinstance(value, pikepdf.Dictionary):
        return not isinstance(value, pikepdf.Stream)
    return str(value.get("/S")) in _OPENING and "/Next" not in value


def _dictionaries(value: object) -> Iterator[pikepdf.Dictionary]:
    members = value if isinstance(value, pikepdf.Array) else [value]
    return (member for member in members if isinstance(member, pikepdf.Dictionary))
