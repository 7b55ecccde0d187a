"""What the inspection says about a file: accepted as what it is, or refused with a reason for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, str]  # German, English


@dataclass(frozen=True, slots=True)
class Accepted:
    """The file is what `content_type` says, and nothing else besides."""

    content_type: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`code` is stable (docs/reference/attachments.md); `text` tells what is wrong and what to do."""

    code: str
    text: Mapping[str, str]


class Refuse(Exception):
    """Raised by the checks: the file may not be taken. `details` fill the gaps of the sentences."""

    def __init__(self, code: str, **details: Words) -> None:
        super().__init__(code)
        self.code, self.details = code, details


REFUSALS: Mapping[str, Words] = {
    "empty": (
        "Die Datei ist leer. Bitte wählen Sie die richtige Datei aus.",
        "The file is empty. Please choose the right file.",
    ),
    "too-large": (
        "Die Datei ist größer als {limit}. Bitte verkleinern oder teilen Sie sie.",
        "The file is larger than {limit}. Please make it smaller or split it.",
    ),
    "bad-name": (
        (
            "Der Dateiname ist zu lang, fehlt oder enthält unsichtbare Zeichen oder Schrägstriche."
            " Bitte benennen Sie die Datei um."
        ),
        (
            "The file name is too long, missing, or contains invisible characters or slashes."
            " Please rename the file."
        ),
    ),
    "unknown-type": (
        "Wir erkennen nicht, was für eine Datei das ist. Erlaubt sind hier: {allowed}.",
        "We cannot tell what kind of file this is. Allowed here: {allowed}.",
    ),
    "not-allowed": (
        "Die Datei ist {kind}. Erlaubt sind hier: {allowed}.",
        "The file is {kind}. Allowed here: {allowed}.",
    ),
    "wrong-extension": (
        (
            "Der Name endet auf „.{extension}“, die Datei ist aber {kind}."
            " Bitte geben Sie ihr die Endung „.{right}“ oder wählen Sie die richtige Datei aus."
        ),
        (
            "The name ends in “.{extension}”, but the file is {kind}."
            " Please give it the ending “.{right}” or choose the right file."
        ),
    ),
    "mixed": (
        (
            "Die Datei ist {kind} und zugleich {other}. Solche Dateien nehmen wir nicht an."
            " Bitte speichern Sie den Inhalt neu, zum Beispiel als PDF."
        ),
        (
            "The file is {kind} and at the same time {other}. We do not take such files."
            " Please save the content anew, for example as PDF."
        ),
    ),
    "surrounded": (
        (
            "Die Datei ist {kind}, aber davor oder dahinter stehen weitere Daten"
            " (zum Beispiel ein bewegtes Foto). Bitte speichern Sie sie neu."
        ),
        (
            "The file is {kind}, but more data stands before or after it (for example a moving photo)."
            " Please save it anew."
        ),
    ),
    "damaged": (
        (
            "Die Datei ist {kind}, aber beschädigt oder unvollständig."
            " Bitte öffnen Sie sie, speichern Sie sie neu und versuchen Sie es noch einmal."
        ),
        "The file is {kind}, but damaged or incomplete. Please open it, save it anew and try again.",
    ),
    "too-demanding": (
        (
            "Die Datei ist so aufgebaut, dass ihre Prüfung zu viel Zeit oder Speicher braucht."
            " Bitte speichern Sie den Inhalt neu, zum Beispiel als PDF."
        ),
        (
            "The file is built so that checking it takes too much time or memory."
            " Please save the content anew, for example as PDF."
        ),
    ),
    "encrypted": (
        (
            "Die Datei ist {kind} und mit einem Passwort geschützt. Wir könnten sie nicht lesen."
            " Bitte speichern Sie sie ohne Passwort."
        ),
        (
            "The file is {kind} and protected by a password. We could not read it."
            " Please save it without a password."
        ),
    ),
    "active-content": (
        "Die Datei enthält mehr als Text und Bilder: {found}. Bitte drucken Sie sie in eine neue PDF-Datei.",
        "The file contains more than text and images: {found}. Please print it into a new PDF file.",
    ),
    "macros": (
        (
            "Die Datei ist {kind} mit Programmen darin (Makros)."
            " Bitte speichern Sie sie ohne Makros oder als PDF."
        ),
        "The file is {kind} with programs in it (macros). Please save it without macros or as PDF.",
    ),
    "external-content": (
        "Die Datei lädt beim Öffnen Inhalte aus dem Netz nach. Bitte speichern Sie sie als PDF.",
        "The file loads content from the network when it is opened. Please save it as PDF.",
    ),
    "too-many-pages": (
        "Das Dokument hat mehr als {limit} Seiten. Bitte teilen Sie es.",
        "The document has more than {limit} pages. Please split it.",
    ),
    "too-many-pixels": (
        "Das Bild hat mehr als {limit} Millionen Bildpunkte. Bitte verkleinern Sie es.",
        "The image has more than {limit} million pixels. Please make it smaller.",
    ),
    "animated": (
        "Das Bild ist bewegt oder besteht aus mehreren Bildern. Bitte speichern Sie ein einzelnes Bild.",
        "The image moves or consists of several images. Please save a single image.",
    ),
    "not-utf8": (
        (
            "Die Textdatei ist nicht in UTF-8 geschrieben. Bitte wählen Sie beim Speichern „UTF-8“"
            " (bei Tabellen: „CSV UTF-8“)."
        ),
        (
            "The text file is not written in UTF-8. Please choose “UTF-8” when you save it"
            " (for spreadsheets: “CSV UTF-8”)."
        ),
    ),
    "archive-bomb": (
        "Die Datei würde beim Auspacken unverhältnismäßig groß. Bitte speichern Sie den Inhalt neu.",
        "The file would become disproportionately large when unpacked. Please save the content anew.",
    ),
    "archive-names": (
        (
            "In der Datei stecken Dateinamen, die beim Auspacken Schaden anrichten können."
            " Bitte packen Sie sie neu."
        ),
        "The file contains file names that can do harm when unpacked. Please pack it anew.",
    ),
    "archive-nested": (
        "In der Datei stecken Archive in Archiven. Bitte laden Sie den Inhalt einzeln hoch.",
        "The file contains archives within archives. Please upload the content one by one.",
    ),
    "infected": (
        (
            "Der Virenscanner hat in der Datei Schadsoftware gefunden ({signature}). Sie wurde gelöscht."
            " Bitte prüfen Sie Ihr Gerät."
        ),
        (
            "The virus scanner found malware in the file ({signature}). It was deleted."
            " Please check your device."
        ),
    ),
}


def refused(*, code: str, **details: Words) -> Refused:
    """The refusal with its sentences. Each detail is a pair: German, English."""
    german, english = REFUSALS[code]
    return Refused(
        code=code,
        text={
            "de": german.format(**{gap: words[0] for gap, words in details.items()}),
            "en": english.format(**{gap: words[1] for gap, words in details.items()}),
        },
    )


def same(text: object) -> Words:
    """A detail that is the same in both languages: a number, a file extension."""
    return (str(text), str(text))
