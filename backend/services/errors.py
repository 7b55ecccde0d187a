"""What can be wrong with asking for a service: each with a plain text in German and English."""

from __future__ import annotations

from collections.abc import Mapping


class ServiceError(LookupError):
    """`code` is stable; `text` is for people, by language."""

    code: str

    def __init__(self, *, text: Mapping[str, str]) -> None:
        self.text = text
        super().__init__(text["en"])


class UnknownService(ServiceError):
    """There is no such service, or no such version, for this authority."""

    code = "unknown-service"


class WithdrawnVersion(ServiceError):
    """The version exists but takes no new applications; running cases keep it."""

    code = "withdrawn-version"


def unknown_service(*, name: str) -> UnknownService:
    """`name` is the slug or id that was asked for."""
    return UnknownService(
        text={
            "de": f"Die Leistung „{name}“ gibt es hier nicht. Wählen Sie eine Leistung aus dem Verzeichnis.",
            "en": f"There is no service “{name}” here. Choose one from the list of services.",
        }
    )


def withdrawn_version(*, name: str) -> WithdrawnVersion:
    """`name` is the slug."""
    return WithdrawnVersion(
        text={
            "de": f"Diese Fassung von „{name}“ nimmt keine Anträge mehr an. Öffnen Sie das Formular neu.",
            "en": f"This version of “{name}” takes no more applications. Please open the form again.",
        }
    )
