"""What a service is: reads service.toml and reports everything that is wrong with it, with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.identity.written_form import written_form_table
from backend.services.package import PackageProblems
from backend.services.parties import KINDS, MOST_DAYS, MOST_SIGNERS, WHEN_MISSING, CoSigning
from backend.services.toml_text import TomlText, read_toml
from forms.problems import Problem
from signing.issuers import TrustLevel

FILE = "service.toml"
KNOWN_LANGUAGES = ("de", "en")
TRUST_LEVELS = tuple(level.name.lower() for level in TrustLevel)
WRITTEN_FORM_LAWS = tuple(written_form_table().laws)
MAX_RETENTION_YEARS = 110
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEY = re.compile(r"[a-z][a-z0-9_-]{0,60}")
PREFIX = re.compile(r"[A-Z]{2,8}")
PATH = re.compile(r"answers(\.[A-Za-z_][A-Za-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where the addressee of letters stands in the answers: dotted paths, several are joined by a space."""

    name: tuple[str, ...]
    street: tuple[str, ...]
    postcode: tuple[str, ...]
    city: tuple[str, ...]
    email: tuple[str, ...]

    def paths(self) -> Mapping[str, tuple[str, ...]]:
        """All paths by part of the address."""
        return {part: getattr(self, part) for part in self.__slots__}


@dataclass(frozen=True, slots=True)
class Manifest:
    """service.toml as values; see docs/reference/service-package.md for the meaning of each key.

    Texts are mappings language → text. `retention_years` counts from the end of the year in which the
    case was closed. `units` are all units that may get tasks; `unit` is the responsible one. `places`
    says where in the file a key stands. `eligibility` is the decision that says who can apply. `guests`:
    without an account too. `representation`: on whose behalf else one may apply (`parties.KINDS`).
    `co_signing`: None if nobody signs with the applicant. `written_form`: the law whose written form the
    sign-in has to replace.
    """

    slug: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    unit: str
    units: tuple[str, ...]
    trust_level: TrustLevel
    languages: tuple[str, ...]
    reference_prefix: str
    legal_basis: tuple[str, ...]
    retention_years: int
    retention_basis: str
    recipient: Recipient
    automatic_decision_basis: tuple[str, ...] = ()
    eligibility: str | None = None
    guests: bool = False
    written_form: str | None = None
    representation: tuple[str, ...] = ()
    co_signing: CoSigning | None = None
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


def read_manifest(*, content: bytes) -> Manifest:
    """Read service.toml. Raises `PackageProblems` with all problems at once, each with file and line."""
    text = read_toml(name=FILE, content=content)
    read = _Reader(text)
    languages = read.strings("languages", check=KNOWN_LANGUAGES.__contains__, wish="de, en")
    if "de" not in languages:
        read.wrong("languages", "muss „de“ enthalten (Amtssprache)", "must contain “de” (official language)")
    if read.problems:
        languages = KNOWN_LANGUAGES  # Do not report every text of a language that was misspelt above.
    unit = read.string("unit", KEY)
    manifest = Manifest(
        slug=read.string("slug", SLUG),
        title=read.texts("title", languages),
        description=read.texts("description", languages),
        keywords={language: read.strings(f"keywords.{language}") for language in languages},
        unit=unit,
        units=(unit, *read.strings("other_units", check=KEY.fullmatch, wish=KEY.pattern, optional=True)),
        trust_level=TrustLevel[read.choice("trust_level", TRUST_LEVELS).upper()],
        languages=languages,
        reference_prefix=read.string("reference_prefix", PREFIX),
        legal_basis=read.strings("legal_basis"),
        automatic_decision_basis=read.strings("automatic_decision_basis", optional=True),
        retention_years=read.whole("retention.years", most=MAX_RETENTION_YEARS),
        retention_basis=read.string("retention.basis"),
        recipient=Recipient(**{part: read.paths(f"recipient.{part}") for part in Recipient.__slots__}),
        eligibility=read.string("eligibility.decision") if "eligibility" in text.data else None,
        guests=read.flag("guests"),
        written_form=read.choice("written_form", WRITTEN_FORM_LAWS) if "written_form" in text.data else None,
        representation=read.strings(
            "representation.allowed", check=KINDS.__contains__, wish=", ".join(KINDS), optional=True
        ),
        co_signing=read.co_signing("co_signers") if "co_signers" in text.data else None,
        places={key: f"line {line}" for key, line in text.lines.items()},
    )
    read.refuse_unknown()
    if manifest.guests and manifest.trust_level > TrustLevel.NONE:
        read.wrong(
            "guests",
            "geht nur mit trust_level „none“: Ein Gast hat nur eine E-Mail-Adresse bestätigt",
            "works only with trust_level “none”: a guest has confirmed an e-mail address and nothing else",
            code="guests-need-no-trust",
        )
    if read.problems:
        raise PackageProblems(read.problems)
    return manifest


class _Reader:
    """Takes keys one by one and remembers what is wrong with them; each value returned is usable."""

    def __init__(self, text: TomlText) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.taken: set[str] = set()

    def wrong(self, key: str, de: str, en: str, *, code: str = "manifest-value") -> None:
        text = {"de": f"„{key}“ {de}.", "en": f"“{key}” {en}."}
        self.problems.append(Problem(where=self.text.place(key), code=code, text=text))

    def _take(self, key: str, *, optional: bool = False) -> Any:
        self.taken.add(key)
        value: Any = self.text.data
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is None and not optional:
            self.wrong(key, "fehlt", "is missing", code="manifest-missing")
        return value

    def string(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self._take(key)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, "muss ein Text sein", "must be a text")
            return ""
        if pattern and not pattern.fullmatch(value):
            self.wrong(
                key, f"muss dem Muster {pattern.pattern} folgen", f"must match the pattern {pattern.pattern}"
            )
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self._take(key)
        if value is not None and value not in allowed:
            options = ", ".join(allowed)
            self.wrong(key, f"muss eines davon sein: {options}", f"must be one of: {options}")
        return value if value in allowed else allowed[0]

    def strings(
        self,
        key: str,
        *,
        check: Callable[[str], Any] | None = None,
        wish: str = "",
        optional: bool = False,
    ) -> tuple[str, ...]:
        value = self._take(key, optional=optional)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.wrong(key, "muss eine Liste von Texten sein", "must be a list of texts")
            return ()
        if not value and not optional:
            self.wrong(key, "darf nicht leer sein", "must not be empty")
        for item in value:
            if check and not check(item):
                self.wrong(
                    key, f"enthält „{item}“; erlaubt ist: {wish}", f"contains “{item}”; allowed is: {wish}"
                )
        return tuple(item for item in value if check is None or check(item))

    def flag(self, key: str) -> bool:
        value = self._take(key, optional=True)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, "muss true oder false sein", "must be true or false")
        return value is True

    def texts(self, key: str, languages: tuple[str, ...]) -> Mapping[str, str]:
        return {language: self.string(f"{key}.{language}") for language in languages}

    def whole(self, key: str, *, least: int = 0, most: int, optional: bool = False) -> int:
        value = self._take(key, optional=optional)
        if value is None:
            return least
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(
                key,
                f"muss eine ganze Zahl von {least} bis {most} sein",
                f"must be a whole number, {least} to {most}",
            )
            return least
        return value

    def co_signing(self, key: str) -> CoSigning:
        most = self.whole(f"{key}.max", least=1, most=MOST_SIGNERS)
        return CoSigning(
            least=self.whole(f"{key}.min", most=most, optional=True),
            most=most,
            days=self.whole(f"{key}.days", least=1, most=MOST_DAYS),
            when_missing=self.choice(f"{key}.when_missing", WHEN_MISSING),
        )

    def paths(self, key: str) -> tuple[str, ...]:
        value = self._take(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, str) and PATH.fullmatch(item) for item in items):
            self.wrong(
                key,
                "muss Pfade in die Antworten nennen, zum Beispiel „answers.person.name“",
                "must name paths into the answers, for example “answers.person.name”",
            )
            return ()
        return tuple(items)

    def refuse_unknown(self) -> None:
        """A misspelt key would otherwise be silently without effect."""
        for key in _leaves(self.text.data):
            if key not in self.taken and not any(key.startswith(f"{taken}.") for taken in self.taken):
                self.wrong(
                    key,
                    "ist kein bekannter Schlüssel (siehe docs/reference/service-package.md)",
                    "is not a known key (see docs/reference/service-package.md)",
                    code="manifest-unknown-key",
                )


def _leaves(data: Mapping[str, Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for key, value in data.items():
        name = f"{prefix}{key}"
        found += _leaves(value, f"{name}.") if isinstance(value, Mapping) else [name]
    return found
