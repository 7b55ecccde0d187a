"""What an XDatenfelder message says, as values: schema, groups, fields, rules; the same for version 2 and 3.

Words of the standard (reference: FIM-Baustein Datenfelder): Stammdatenschema (here `FimSchema`),
Datenfeldgruppe (`FimGroup`), Datenfeld (`FimField`), Regel (`FimRule`), Struktur (`Use`), Präzisierung
(`Precision`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from forms.problems import Problem, Problems


class FimProblems(Problems):
    """The message was refused as a whole; `where` of each problem is `line N`."""


class FieldKind(StrEnum):
    """Feldart."""

    INPUT = "input"
    SELECT = "select"
    LABEL = "label"
    HIDDEN = "hidden"
    LOCKED = "locked"


class Kind(StrEnum):
    """Datentyp."""

    TEXT = "text"
    TEXT_LATIN = "text_latin"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    BOOL = "bool"
    NUMBER = "num"
    INTEGER = "num_int"
    CURRENCY = "num_currency"
    FILE = "file"
    OBJECT = "obj"


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Bezug: a law as it is cited, and where it can be read (empty: not said)."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Precision:
    """Präzisierung: limits of length (characters) and value, and the pattern as written."""

    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class CodeListReference:
    """Where the values of a choice are kept; `version` empty: the newest. The columns may be unnamed."""

    uri: str
    version: str
    version_uri: str
    code_column: str = ""
    name_column: str = ""
    help_column: str = ""


@dataclass(frozen=True, slots=True)
class FimValue:
    """One value written into the field itself."""

    code: str
    name: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class FimRule:
    """A rule in prose, for people; scripts are hardly ever there and are never run."""

    id: str
    version: str
    name: str
    text: str
    script: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class FimElement:
    """What fields and groups have in common. `label` is what the citizen reads, `line` where it begins."""

    id: str
    version: str
    name: str
    label: str
    help: str
    status: str
    legal_basis: tuple[LegalBasis, ...]
    rules: tuple[FimRule, ...]
    line: int


@dataclass(frozen=True, slots=True)
class FimField(FimElement):
    """One question, or a text to read (`label`). `content` is the text or the given value."""

    kind: FieldKind
    datatype: Kind
    precision: Precision
    content: str = ""
    prefill: str = ""
    values: tuple[FimValue, ...] = ()
    code_list: CodeListReference | None = None
    media_types: tuple[str, ...] = ()
    max_size: int | None = None


@dataclass(frozen=True, slots=True)
class FimGroup(FimElement):
    """Questions that belong together; `choice`: exactly one of the children is answered (art X)."""

    choice: bool
    children: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """An element at one place: how often (`maximum` None: any number), and why by which law."""

    minimum: int
    maximum: int | None
    element: FimField | FimGroup
    legal_basis: tuple[LegalBasis, ...]
    line: int


@dataclass(frozen=True, slots=True)
class FimSchema:
    """One message. `standard` is `2` or `3`; a message with a single group has that group as its child.

    `warnings` are faults that a real export has now and then and that cost no structure.
    """

    id: str
    version: str
    standard: str
    name: str
    label: str
    help: str
    description: str
    status: str
    legal_basis: tuple[LegalBasis, ...]
    rules: tuple[FimRule, ...]
    children: tuple[Use, ...]
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
