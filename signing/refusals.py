"""Why a token was not accepted: stable codes with a plain sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_AGAIN = ("Bitte melden Sie sich neu an.", "Please sign in again.")
_ASK = (
    "Bitte wenden Sie sich an die Stelle, die den Zugang eingerichtet hat.",
    "Please contact whoever set up the access.",
)
_COPY = ("Bitte vergleichen Sie ihn mit Ihrer Notiz.", "Please compare it with your note.")

# Code → German, English, what to do.
_REASONS: Mapping[str, tuple[str, str, tuple[str, str]]] = {
    "token-too-large": ("Der Anmeldenachweis ist zu groß.", "The token is too large.", _ASK),
    "token-malformed": ("Der Anmeldenachweis ist beschädigt.", "The token is damaged.", _AGAIN),
    "header-not-allowed": (
        "Der Anmeldenachweis enthält Angaben im Kopf, die nicht erlaubt sind.",
        "The token has header parameters that are not allowed.",
        _ASK,
    ),
    "algorithm-not-allowed": (
        "Der Anmeldenachweis ist mit einem Verfahren unterschrieben, das hier nicht erlaubt ist.",
        "The token is signed with an algorithm that is not allowed here.",
        _ASK,
    ),
    "type-not-allowed": (
        "Das ist eine andere Art von Nachweis als die hier verlangte.",
        "This is another type of token than the one required here.",
        _ASK,
    ),
    "key-unknown": (
        "Der Anmeldenachweis ist mit einem unbekannten Schlüssel unterschrieben.",
        "The token is signed with an unknown key.",
        _AGAIN,
    ),
    "key-ambiguous": (
        "Der Anmeldenachweis nennt seinen Schlüssel nicht, und es kommen mehrere in Frage.",
        "The token does not name its key, and several are possible.",
        _ASK,
    ),
    "signature-invalid": (
        "Die Unterschrift des Anmeldenachweises stimmt nicht.",
        "The signature of the token is wrong.",
        _AGAIN,
    ),
    "claims-incomplete": (
        "Im Anmeldenachweis fehlen nötige Angaben, oder sie haben die falsche Form.",
        "The token lacks required claims, or they have the wrong form.",
        _ASK,
    ),
    "issuer-wrong": (
        "Der Anmeldenachweis stammt von einer anderen Stelle.",
        "The token is from another issuer.",
        _ASK,
    ),
    "audience-wrong": (
        "Der Anmeldenachweis ist für eine andere Anwendung bestimmt.",
        "The token is meant for another application.",
        _ASK,
    ),
    "client-wrong": (
        "Der Anmeldenachweis wurde für ein anderes Programm ausgestellt.",
        "The token was issued to another client.",
        _ASK,
    ),
    "certificate-wrong": (
        "Der Anmeldenachweis gilt nur zusammen mit dem Zertifikat, für das er ausgestellt ist.",
        "The token is valid only together with the certificate it was issued for.",
        _ASK,
    ),
    "expired": ("Ihre Anmeldung ist abgelaufen.", "Your sign-in has expired.", _AGAIN),
    "not-yet-valid": (
        "Der Anmeldenachweis gilt noch nicht. Möglicherweise geht eine Uhr falsch.",
        "The token is not valid yet. A clock may be wrong.",
        _ASK,
    ),
    "revoked": ("Diese Anmeldung wurde beendet.", "This sign-in was ended.", _AGAIN),
    "sign-in-too-old": (
        "Ihre Anmeldung liegt zu lange zurück.",
        "You signed in too long ago.",
        _AGAIN,
    ),
    "nonce-wrong": (
        "Der Anmeldenachweis gehört zu einer anderen Anmeldung.",
        "The token belongs to another sign-in.",
        _AGAIN,
    ),
    "access-token-wrong": (
        "Die beiden Nachweise der Anmeldung gehören nicht zusammen.",
        "The two tokens of the sign-in do not belong together.",
        _AGAIN,
    ),
    "logout-token-wrong": (
        "Das ist kein Nachweis einer Abmeldung.",
        "This is no logout token.",
        _ASK,
    ),
    "status-code-mistyped": (
        "Dieser Statuscode ist nicht richtig geschrieben: 28 Zeichen, ohne 0, 1, I, L, O und U.",
        "This status code is not spelt right: 28 characters, without 0, 1, I, L, O and U.",
        _COPY,
    ),
    "status-code-unknown": (
        "Diesen Statuscode gibt es hier nicht, oder er gilt nicht mehr.",
        "There is no such status code here, or it is no longer valid.",
        _COPY,
    ),
}

TOKEN_REFUSALS = frozenset(_REASONS)


class TokenRefused(Exception):
    """A token is not accepted; `code` is stable, `text` says it in German and English."""

    def __init__(self, code: str) -> None:
        german, english, advice = _REASONS[code]
        self.code = code
        self.text: Mapping[str, str] = MappingProxyType(
            {"de": f"{german} {advice[0]}", "en": f"{english} {advice[1]}"}
        )
        super().__init__(f"{code}: {self.text['en']}")


class SignInTooOld(TokenRefused):
    """The token is good, but its person showed who she is more than `seconds` ago."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("sign-in-too-old")
