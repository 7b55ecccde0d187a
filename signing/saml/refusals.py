"""Why an answer of the identity provider was not accepted: stable codes with a plain sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_AGAIN = ("Bitte melden Sie sich noch einmal an.", "Please sign in again.")
_LATER = (
    "Bitte versuchen Sie es später noch einmal. Hilft das nicht, wenden Sie sich an Ihre Behörde.",
    "Please try again later. If that does not help, contact your authority.",
)
_ASK = (
    "Bitte wenden Sie sich an Ihre Behörde; an Ihrem Konto liegt es nicht.",
    "Please contact your authority; your account is not the reason.",
)
_BROKEN = (
    "Die Antwort des Nutzerkontos ist beschädigt oder wurde verändert.",
    "The answer of the account service is damaged or was changed.",
)
_UNSAFE = (
    "Die Antwort des Nutzerkontos ist nicht so geschützt, wie es hier verlangt wird.",
    "The answer of the account service is not protected the way it has to be here.",
)
_FOREIGN = (
    "Die Antwort des Nutzerkontos ist nicht für diese Anmeldung bestimmt.",
    "The answer of the account service is not meant for this sign-in.",
)
_LATE = ("Diese Anmeldung ist abgelaufen.", "This sign-in has expired.")

_Sentences = tuple[tuple[str, str], tuple[str, str]]

# Code → what happened, what to do; German and English each.
_REASONS: Mapping[str, _Sentences] = {
    # The form of the message
    "too-large": (_BROKEN, _AGAIN),
    "not-xml": (_BROKEN, _AGAIN),
    "doctype": (_BROKEN, _ASK),
    "comment": (_BROKEN, _ASK),
    "not-a-response": (_BROKEN, _AGAIN),
    "assertion-count": (_BROKEN, _ASK),
    "duplicate-id": (_BROKEN, _ASK),
    "incomplete": (_BROKEN, _ASK),
    # How it is protected
    "not-encrypted": (_UNSAFE, _ASK),
    "encryption-algorithm": (_UNSAFE, _ASK),
    "decryption-failed": (_UNSAFE, _ASK),
    "signature-missing": (_UNSAFE, _ASK),
    "signature-misplaced": (_BROKEN, _ASK),
    "signature-form": (_UNSAFE, _ASK),
    "signature-algorithm": (_UNSAFE, _ASK),
    "signature-invalid": (_BROKEN, _ASK),
    "certificate-expired": (_UNSAFE, _ASK),
    # Whom and when it is for
    "issuer-wrong": (_FOREIGN, _ASK),
    "destination-wrong": (_FOREIGN, _ASK),
    "recipient-wrong": (_FOREIGN, _ASK),
    "audience-wrong": (_FOREIGN, _ASK),
    "request-unknown": (_FOREIGN, _AGAIN),
    "confirmation-unknown": (_FOREIGN, _ASK),
    "condition-unknown": (_FOREIGN, _ASK),
    "expired": (_LATE, _AGAIN),
    "not-yet-valid": (
        (
            "Die Antwort des Nutzerkontos gilt noch nicht. Möglicherweise geht eine Uhr falsch.",
            "The answer of the account service is not valid yet. A clock may be wrong.",
        ),
        _LATER,
    ),
    "replayed": (
        ("Diese Anmeldung wurde schon einmal verwendet.", "This sign-in has been used before."),
        _AGAIN,
    ),
    # What it says
    "level-too-low": (
        (
            "Für diesen Schritt brauchen Sie eine sicherere Anmeldung als die gewählte.",
            "This step needs a stronger sign-in than the one you chose.",
        ),
        (
            "Bitte melden Sie sich noch einmal an und wählen Sie zum Beispiel den Online-Ausweis.",
            "Please sign in again and choose for example the online ID card.",
        ),
    ),
    "authentication-too-old": (
        (
            "Für diesen Schritt müssen Sie sich neu ausweisen.",
            "This step needs you to prove again who you are.",
        ),
        _AGAIN,
    ),
    "subject-missing": (
        (
            "Sie haben sich ohne dauerhaftes Konto angemeldet. Dafür ist diese Leistung nicht eingerichtet.",
            "You signed in without a permanent account. This service is not set up for that.",
        ),
        (
            "Bitte melden Sie sich mit einem BundID-Konto an; Sie können es dort kostenlos anlegen.",
            "Please sign in with a BundID account; you can create one there free of charge.",
        ),
    ),
    # What the identity provider answers instead of a sign-in
    "cancelled": (
        ("Sie haben die Anmeldung abgebrochen.", "You cancelled the sign-in."),
        (
            "Sie können sich jederzeit neu anmelden; Ihre bisherigen Eingaben bleiben erhalten.",
            "You can sign in again at any time; what you entered so far is kept.",
        ),
    ),
    "level-unavailable": (
        (
            "Mit Ihrem Konto ist die hier nötige sichere Anmeldung nicht möglich.",
            "Your account does not offer the strong sign-in that is needed here.",
        ),
        (
            "Bitte verknüpfen Sie dort den Online-Ausweis oder ELSTER, und melden Sie sich neu an.",
            "Please link the online ID card or ELSTER there, and sign in again.",
        ),
    ),
    "request-refused": (
        (
            "Das Nutzerkonto hat unsere Anfrage abgelehnt, weil hier etwas falsch eingerichtet ist.",
            "The account service refused our request because something is set up wrongly here.",
        ),
        _ASK,
    ),
    "provider-failed": (
        (
            "Beim Nutzerkonto ist ein Fehler aufgetreten.",
            "An error occurred at the account service.",
        ),
        _LATER,
    ),
}

SAML_REFUSALS = frozenset(_REASONS)


class SamlRefused(Exception):
    """A sign-in is not accepted; `code` is stable, `text` says it in German and English.

    `detail` is for the operator's log: only names that this code knows, never text of the message.
    """

    def __init__(self, code: str, *, detail: str = "") -> None:
        (german, english), (german_advice, english_advice) = _REASONS[code]
        self.code = code
        self.detail = detail
        self.text: Mapping[str, str] = MappingProxyType(
            {"de": f"{german} {german_advice}", "en": f"{english} {english_advice}"}
        )
        super().__init__(f"{code}: {self.text['en']}")
