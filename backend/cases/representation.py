"""Acting for somebody else: for a child, a company, or by mandate, with the rules of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.identity.principals import Citizen
from forms.datatypes.dates import is_date
from forms.din91379 import is_name
from forms.problems import Problem
from signing.levels import TrustLevel

ROOT = "/acting_for"
LONGEST = 200
OF_AGE = 18
# What is known about custody (§§ 1626, 1629 BGB): one parent alone acts only if she has it alone or the
# other one agrees.
CUSTODY = ("sole", "joint-agreed")
MEMBERS: Mapping[str, frozenset[str]] = {
    "child": frozenset({"kind", "given_name", "family_name", "birth_date", "custody"}),
    "company": frozenset({"kind", "name", "register_number"}),
    "mandate": frozenset({"kind", "name", "document"}),
}
TEXTS: Mapping[str, Mapping[str, str]] = {
    "representation-invalid": {
        "de": "Bitte sagen Sie mit „kind“, für wen Sie handeln: child, company oder mandate.",
        "en": "Please say with “kind” whom you act for: child, company or mandate.",
    },
    "representation-not-allowed": {
        "de": "Diese Leistung kann man so nicht für andere beantragen. Bitte stellen Sie den Antrag für "
        "sich selbst, oder die andere Person stellt ihn.",
        "en": "This service cannot be applied for on behalf of others in this way. Please apply for "
        "yourself, or let the other person apply.",
    },
    "unknown-member": {
        "de": "Diese Angabe gehört nicht hierher. Bitte lassen Sie sie weg.",
        "en": "This member does not belong here. Please leave it out.",
    },
    "name": {
        "de": "Bitte geben Sie den Namen so an, wie er im Ausweis oder in der Geburtsurkunde steht.",
        "en": "Please enter the name as it stands in the identity card or birth certificate.",
    },
    "company-name": {
        "de": "Bitte geben Sie den Namen der Firma oder des Vereins an.",
        "en": "Please enter the name of the company or association.",
    },
    "register-number": {
        "de": "Bitte geben Sie die Nummer im Register an, zum Beispiel „HRB 12345“, oder lassen Sie sie weg.",
        "en": "Please enter the number in the register, such as “HRB 12345”, or leave it out.",
    },
    "birth-date": {
        "de": "Bitte geben Sie das Geburtsdatum als JJJJ-MM-TT an.",
        "en": "Please enter the date of birth as YYYY-MM-DD.",
    },
    "not-a-child": {
        "de": "Dieses Kind ist volljährig oder noch nicht geboren. Volljährige stellen den Antrag selbst "
        "oder erteilen eine Vollmacht.",
        "en": "This child is of age or not born yet. Adults apply themselves or give a mandate.",
    },
    "custody": {
        "de": "Bitte erklären Sie das Sorgerecht: „sole“ (allein) oder „joint-agreed“ (gemeinsam, und die "
        "andere sorgeberechtigte Person ist einverstanden).",
        "en": "Please declare custody: “sole”, or “joint-agreed” (joint, and the other person with custody "
        "agrees).",
    },
    "document-unknown": {
        "de": "Die Vollmacht muss eine Datei sein, die Sie in diesem Antrag hochgeladen haben. Ohne Datei "
        "lassen Sie „document“ weg.",
        "en": "The mandate must be a file that you uploaded in this application. Without a file leave out "
        "“document”.",
    },
}


@dataclass(frozen=True, slots=True)
class Representation:
    """Whom somebody acts for.

    `details`: what she stated, `name` as one text, and `basis`, how sure it is: `declared`, `documented`
    (there is a file) or `verified` (the sign-in itself says so).
    """

    kind: str
    details: Mapping[str, Any]


@dataclass(slots=True)
class Statement:
    """What a request says about whom the citizen acts for; `problems` is filled by `read`.

    `needed`: the service's trust level. `documents`: ids of files that go with the application.
    """

    stated: Any
    allowed: tuple[str, ...]
    citizen: Citizen
    needed: TrustLevel
    documents: AbstractSet[str]
    today: date
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> Representation | None:
        """None if there are problems."""
        kind = self.stated.get("kind") if isinstance(self.stated, Mapping) else None
        if not isinstance(kind, str) or kind not in MEMBERS:
            self._wrong("kind", "representation-invalid")
            return None
        if kind not in self.allowed:
            self._wrong("kind", "representation-not-allowed")
            return None
        for member in sorted(self.stated.keys() - MEMBERS[kind]):
            self._wrong(member, "unknown-member")
        added = {"child": self._child, "company": self._company, "mandate": self._mandate}[kind]()
        if self.problems:
            return None
        return Representation(kind=kind, details={**self.stated, **added})

    def _child(self) -> dict[str, Any]:
        names = [self.stated.get(member) for member in ("given_name", "family_name")]
        for member, name in zip(("given_name", "family_name"), names, strict=True):
            if not _is_person(name):
                self._wrong(member, "name")
        born = self.stated.get("birth_date")
        if not isinstance(born, str) or not is_date(born):
            self._wrong("birth_date", "birth-date")
        elif not date.fromisoformat(born) <= self.today < of_age_on(born=date.fromisoformat(born)):
            self._wrong("birth_date", "not-a-child")
        if self.stated.get("custody") not in CUSTODY:
            self._wrong("custody", "custody")
        return {"name": " ".join(str(name) for name in names), "basis": "declared"}

    def _company(self) -> dict[str, Any]:
        name, number = self.stated.get("name"), self.stated.get("register_number")
        if not _is_text(name):
            self._wrong("name", "company-name")
        if number is not None and not _is_text(number):
            self._wrong("register_number", "register-number")
        return {"basis": "verified" if not self.problems and self._proved(name, number) else "declared"}

    def _proved(self, name: Any, number: Any) -> bool:
        """Whether the sign-in, of an organisation's account, says the same and is as sure as is needed."""
        wanted = {"company_name": name, "register_number": number}
        least = max(self.needed, TrustLevel.LOW)
        return all(
            _same(self.citizen.attributes.get(attribute), value)
            and self.citizen.attribute_levels.get(attribute, TrustLevel.NONE) >= least
            for attribute, value in wanted.items()
            if value is not None
        )

    def _mandate(self) -> dict[str, Any]:
        if not _is_text(self.stated.get("name")):
            self._wrong("name", "name")
        document = self.stated.get("document")
        if document is None:
            return {"basis": "declared"}
        if not isinstance(document, str) or document.lower() not in self.documents:
            self._wrong("document", "document-unknown")
        return {"basis": "documented"}

    def _wrong(self, member: str, code: str) -> None:
        self.problems.append(Problem(where=f"{ROOT}/{member}", code=code, text=TEXTS[code]))


def of_age_on(*, born: date) -> date:
    """The day on which somebody is of age (§§ 2, 187 (2), 188 (2) BGB); born on 29 February: on 1 March."""
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:
        return date(born.year + OF_AGE, 3, 1)


def _is_person(value: Any) -> bool:
    return _is_text(value) and is_name(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST and value.isprintable()


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, str) and _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
