"""Every error of the API as a value: stable type, status, and what a person reads (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from forms.problems import Problem

TYPE_PREFIX = "urn:laufzettel:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: docs/reference/problems.md lists them all."""

    code: str
    status: int
    title: Mapping[str, str]
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ApiProblem:
    """A problem of one request; `errors` name every single thing to mend."""

    kind: Kind
    errors: Sequence[Problem] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        language = "en" if (get_language() or "de").startswith("en") else "de"
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + self.kind.code,
            "title": self.kind.title[language],
            "status": self.kind.status,
            "detail": self.kind.detail[language],
            **self.extra,
        }
        if self.errors:
            body["errors"] = [
                {
                    "pointer": error.where,
                    "code": error.code,
                    "detail": error.text[language],
                    "texts": dict(error.text),
                }
                for error in self.errors
            ]
        return body


def _kind(code: str, status: int, titles: tuple[str, str], details: tuple[str, str]) -> Kind:
    return Kind(
        code=code,
        status=status,
        title={"de": titles[0], "en": titles[1]},
        detail={"de": details[0], "en": details[1]},
    )


BROKEN_JSON = _kind(
    "broken-json",
    400,
    ("Die Anfrage ist nicht lesbar", "The request cannot be read"),
    (
        "Der Inhalt ist kein gültiges JSON. Bitte prüfen Sie die genannte Stelle.",
        "The body is not valid JSON. Please check the place that is named.",
    ),
)
BAD_REQUEST = _kind(
    "bad-request",
    400,
    ("Die Anfrage ist unvollständig oder falsch", "The request is incomplete or wrong"),
    ("Bitte berichtigen Sie die genannten Stellen.", "Please correct the places that are named."),
)
MISSING_KEY = _kind(
    "missing-idempotency-key",
    400,
    ("Idempotency-Key fehlt oder passt nicht", "Idempotency-Key is missing or unfit"),
    (
        "Senden Sie im Kopf „Idempotency-Key“ einen eigenen, zufälligen Text mit 8 bis 200 Zeichen, und denselben, wenn Sie es noch einmal versuchen.",
        "Send a random text of your own (8 to 200 characters) in the header “Idempotency-Key”, and the same one when you try again.",
    ),
)
NOT_SIGNED_IN = _kind(
    "not-signed-in",
    401,
    ("Bitte melden Sie sich an", "Please sign in"),
    (
        "Bitte senden Sie einen Anmeldenachweis im Kopf „Authorization: Bearer …“.",
        "Please send a token in the header “Authorization: Bearer …”.",
    ),
)
TOKEN_REFUSED = _kind(
    "token-refused",
    401,
    ("Die Anmeldung gilt nicht", "The sign-in is not valid"),
    (
        "Ihre Anmeldung ist abgelaufen oder stammt nicht von einer zugelassenen Stelle. Bitte melden Sie sich neu an.",
        "Your sign-in has expired or is not from a trusted issuer. Please sign in again.",
    ),
)
STEP_UP = _kind(
    "level-too-low",
    403,
    ("Eine stärkere Anmeldung ist nötig", "A stronger sign-in is needed"),
    (
        "Diese Leistung verlangt ein höheres Vertrauensniveau. Bitte melden Sie sich damit an; Ihre Angaben bleiben erhalten.",
        "This service needs a higher level of assurance. Please sign in with it; what you entered is kept.",
    ),
)
FORBIDDEN = _kind(
    "forbidden",
    403,
    ("Das dürfen Sie nicht", "You may not do this"),
    ("Ihr Konto hat dafür nicht die nötige Rolle.", "Your account does not have the role for this."),
)
FOUR_EYES = _kind(
    "not-entitled",
    403,
    ("Diese Aufgabe kann nicht von Ihnen erledigt werden", "You cannot do this task"),
    ("Der Grund steht unter „errors“.", "The reason is given under “errors”."),
)
NOT_FOUND = _kind(
    "not-found",
    404,
    ("Nicht gefunden", "Not found"),
    ("Das gibt es nicht, oder es ist nicht Ihres.", "There is no such thing, or it is not yours."),
)
UNKNOWN_SERVICE = _kind(
    "unknown-service",
    404,
    ("Diese Leistung gibt es hier nicht", "There is no such service here"),
    (
        "Bitte wählen Sie eine Leistung aus der Liste unter /api/v1/services.",
        "Please choose a service from the list at /api/v1/services.",
    ),
)
METHOD = _kind(
    "method-not-allowed",
    405,
    ("Diese Methode gibt es hier nicht", "This method is not available here"),
    ("Welche Methoden es gibt, steht im Kopf „Allow“.", "The header “Allow” names the methods there are."),
)
NOT_ACCEPTABLE = _kind(
    "not-acceptable",
    406,
    ("Dieses Format gibt es hier nicht", "This format is not available here"),
    ("Bitte fordern Sie application/json an.", "Please ask for application/json."),
)
ALREADY_CLAIMED = _kind(
    "already-claimed",
    409,
    ("Jemand war schneller", "Somebody was faster"),
    ("Diese Aufgabe bearbeitet schon eine andere Person.", "Somebody else already works on this task."),
)
ALREADY_DONE = _kind(
    "already-done",
    409,
    ("Die Aufgabe ist schon erledigt", "The task is already done"),
    (
        "Diese Aufgabe wurde schon erledigt oder wird nicht mehr gebraucht. Bitte laden Sie die Liste neu.",
        "This task was already done or is no longer needed. Please reload the list.",
    ),
)
NOT_CLAIMED = _kind(
    "not-claimed",
    409,
    ("Bitte übernehmen Sie die Aufgabe zuerst", "Please claim the task first"),
    (
        "Nur wer eine Aufgabe übernommen hat, kann sie erledigen oder zurückgeben.",
        "Only whoever has claimed a task can complete or release it.",
    ),
)
WITHDRAWN = _kind(
    "version-withdrawn",
    410,
    ("Diese Fassung wird nicht mehr angenommen", "This version is no longer accepted"),
    (
        "Die Leistung oder diese Fassung des Formulars wurde zurückgezogen. Bitte laden Sie das Formular neu.",
        "The service or this version of its form was withdrawn. Please load the form again.",
    ),
)
TOO_LARGE = _kind(
    "too-large",
    413,
    ("Die Anfrage ist zu groß", "The request is too large"),
    (
        "Höchstens 1 MB. Dateien laden Sie bitte einzeln hoch.",
        "At most 1 MB. Please upload files one by one.",
    ),
)
MEDIA_TYPE = _kind(
    "unsupported-media-type",
    415,
    ("Dieses Format wird nicht angenommen", "This format is not accepted"),
    ("Bitte senden Sie application/json.", "Please send application/json."),
)
INVALID_ANSWERS = _kind(
    "invalid-answers",
    422,
    ("Bitte prüfen Sie Ihre Angaben", "Please check your answers"),
    (
        "Es wurde nichts gespeichert. Bitte berichtigen Sie die genannten Angaben.",
        "Nothing was stored. Please correct the answers that are named.",
    ),
)
KEY_REUSED = _kind(
    "idempotency-key-reused",
    422,
    ("Dieser Idempotency-Key wurde schon benutzt", "This Idempotency-Key was already used"),
    (
        "Er gehört zu einem anderen Antrag. Bitte verwenden Sie für einen neuen Antrag einen neuen.",
        "It belongs to another application. Please use a new one for a new application.",
    ),
)
TOO_MANY_REQUESTS = _kind(
    "too-many-requests",
    429,
    ("Das waren zu viele Anfragen", "Too many requests"),
    (
        "Bitte warten Sie so viele Sekunden, wie der Kopf „Retry-After“ nennt, und versuchen Sie es dann noch einmal.",
        "Please wait as many seconds as the header “Retry-After” says, then try again.",
    ),
)
UNAVAILABLE = _kind(
    "unavailable",
    503,
    ("Gerade nicht erreichbar", "Not available right now"),
    (
        "Bitte versuchen Sie es in einer Minute noch einmal. Es wurde nichts gespeichert.",
        "Please try again in a minute. Nothing was stored.",
    ),
)
SERVER_ERROR = _kind(
    "server-error",
    500,
    ("Das war unser Fehler", "This was our fault"),
    (
        "Der Fehler ist verzeichnet. Bitte versuchen Sie es noch einmal.",
        "The error has been recorded. Please try again.",
    ),
)
