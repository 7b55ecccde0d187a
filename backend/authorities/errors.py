"""What is refused when people and their absences are looked after."""

from __future__ import annotations

from collections.abc import Iterable

from forms.problems import Problem, Problems


class NoSuchClerk(Exception):
    """There is no such clerk or absence here, or it is not theirs to touch."""


class ClerkRefused(Problems):
    """A clerk's account cannot be like this; nothing was stored."""


class UnitRefused(Problems):
    """A unit cannot be like this; nothing was stored."""


class AbsenceRefused(Problems):
    """An absence cannot be like this; nothing was stored."""


class AccountTaken(Exception):
    """There already is a clerk with this sign-in."""


class ChangedMeanwhile(Exception):
    """Somebody else changed it in between; `revision` is the current one."""

    def __init__(self, revision: int) -> None:
        self.revision = revision
        super().__init__(str(revision))


class KeyReused(Exception):
    """The idempotency key belongs to another request."""


def unknown_unit(where: str, key: str) -> Problem:
    return Problem(
        where,
        "unknown-unit",
        {
            "de": f"Die Organisationseinheit „{key}“ gibt es hier nicht. Bitte erst anlegen.",
            "en": f"There is no unit '{key}' here. Please create it first.",
        },
    )


def own_account(where: str) -> Problem:
    return problem(
        where,
        "own-account",
        "Die eigene Person und die eigenen Rollen ändert jemand anderes. Bitte eine Kollegin oder einen "
        "Kollegen der Fachadministration bitten.",
        "Somebody else changes your own person and your own roles. Please ask another configurator.",
    )


def unknown_role(where: str, role: str, known: str) -> Problem:
    return Problem(
        where,
        "unknown-role",
        {
            "de": f"Die Rolle „{role}“ gibt es nicht; es gibt: {known}.",
            "en": f"There is no role '{role}'; there are: {known}.",
        },
    )


def unknown_issuer(issuer: str, known: Iterable[str]) -> Problem:
    listed = ", ".join(sorted(known)) or "–"
    return Problem(
        "/issuer",
        "unknown-issuer",
        {
            "de": f"Bei „{issuer}“ meldet sich hier niemand an; vorgesehen sind: {listed}.",
            "en": f"Nobody signs in here with '{issuer}'; there are: {listed}.",
        },
    )


def key_taken(key: str) -> Problem:
    return problem(
        "/also",
        "key-taken",
        f"Was an „{key}“ geht, bearbeitet hier schon eine andere Einheit.",
        f"What is sent to '{key}' is already done by another unit here.",
    )


def problem(where: str, code: str, de: str, en: str) -> Problem:
    return Problem(where, code, {"de": de, "en": en})
