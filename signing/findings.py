"""Read this to know everything that can be wrong with a sealed document, in words for people."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from forms.problems import Problem

_TEXTS: Final = MappingProxyType(
    {
        "too-large": (
            "Die Datei ist größer als {0} MB und wird nicht geprüft.",
            "The file is larger than {0} MB and is not checked.",
        ),
        "broken-structure": (
            "Die Datei ist beschädigt oder kein PDF. Fordern Sie das Dokument neu an.",
            "The file is damaged or not a PDF. Ask for the document again.",
        ),
        "no-signature": ("Das Dokument trägt kein Siegel.", "The document has no seal."),
        "several-signatures": (
            "Das Dokument trägt {0} Siegel oder Signaturen; unsere Dokumente tragen genau eines.",
            "The document has {0} seals or signatures; our documents have exactly one.",
        ),
        "not-pades": (
            "Das Siegel ist von der Art „{0}“; geprüft wird nur PAdES (ETSI.CAdES.detached).",
            'The seal is of the kind "{0}"; only PAdES (ETSI.CAdES.detached) is checked.',
        ),
        "changed-after-sealing": (
            "Das Dokument wurde nach dem Siegeln geändert: Das Siegel deckt {0} von {1} Bytes.",
            "The document was changed after sealing: the seal covers {0} of {1} bytes.",
        ),
        "bad-byte-range": (
            "Das Siegel sagt nicht eindeutig, welchen Teil der Datei es deckt.",
            "The seal does not say clearly which part of the file it covers.",
        ),
        "bad-padding": (
            "Der freie Platz hinter dem Siegel ist nicht leer: Jemand hat dort etwas geändert.",
            "The free room behind the seal is not empty: somebody changed it.",
        ),
        "broken-signature": (
            "Das Siegel selbst ist beschädigt oder nicht so aufgebaut, wie EN 319 142-1 es verlangt ({0}).",
            "The seal itself is damaged or not built as EN 319 142-1 demands ({0}).",
        ),
        "unknown-addition": (
            "Das Siegel hat ungeschützte Zusätze (etwa einen Zeitstempel). Geprüft wird nur PAdES B-B.",
            "The seal has unprotected additions (such as a time-stamp). Only PAdES B-B is checked.",
        ),
        "digest-mismatch": (
            "Der gesiegelte Inhalt wurde verändert: Die Prüfsumme stimmt nicht.",
            "The sealed content was changed: its digest does not match.",
        ),
        "invalid-signature": (
            "Das Siegel wurde nicht mit dem Schlüssel des genannten Zertifikats erzeugt oder verändert.",
            "The seal was not made with the key of the certificate it names, or was changed.",
        ),
        "certificate-unknown": (
            "Das Zertifikat von „{0}“ ist uns nicht bekannt; wer gesiegelt hat, ist damit nicht belegt.",
            'The certificate of "{0}" is not known to us; who sealed is not proven.',
        ),
        "certificate-expired": (
            "Das Zertifikat von „{0}“ gilt zum Zeitpunkt der Prüfung nicht (mehr oder noch nicht).",
            'The certificate of "{0}" is not valid at the time of checking (expired or not yet valid).',
        ),
        "certificate-unfit": (
            "Das Zertifikat von „{0}“ belegt das Siegel nicht: falsch ausgestellt oder unpassend ({1}).",
            'The certificate of "{0}" does not prove the seal: wrongly issued or not meant for it ({1}).',
        ),
        "sealing-time": (
            "Der Zeitpunkt des Siegelns fehlt, ist künftig oder passt nicht zum Zertifikat.",
            "The stated time of sealing is missing, in the future, or outside the certificate's validity.",
        ),
    }
)


def finding(*, code: str, where: str, details: tuple[object, ...] = ()) -> Problem:
    """What is wrong as a problem; `details` fill the numbered places of the texts."""
    german, english = _TEXTS[code]
    return Problem(where, code, {"de": german.format(*details), "en": english.format(*details)})
