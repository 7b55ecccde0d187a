"""The errors of uploads as values (RFC 9457); `problems` has them all."""

from __future__ import annotations

from backend.api.problem_kinds import kind_of as _kind

TUS_VERSION = _kind(
    "tus-version",
    412,
    ("Diese Fassung von tus gibt es hier nicht", "This version of tus is not available here"),
    (
        "Senden Sie den Kopf „Tus-Resumable: 1.0.0“.",
        "Send the header “Tus-Resumable: 1.0.0”.",
    ),
)
UPLOAD_OFFSET = _kind(
    "upload-offset",
    409,
    ("Hier geht die Datei nicht weiter", "The file does not go on here"),
    (
        "Setzen Sie das Hochladen bei dem Byte fort, das „offset“ nennt.",
        "Continue the upload at the byte that “offset” names.",
    ),
)
ATTACHMENT_SUBMITTED = _kind(
    "attachment-submitted",
    409,
    ("Die Datei gehört schon zu einem Antrag", "The file already belongs to an application"),
    (
        "Der Antrag ist abgeschickt; seine Dateien können Sie nicht mehr löschen. Soll eine davon nicht verwendet werden, wenden Sie sich bitte an die Behörde.",
        "The application was submitted; its files can no longer be deleted. If one of them is not to be used, please turn to the authority.",
    ),
)
TOO_MANY_FILES = _kind(
    "too-many-files",
    409,
    ("Es sind zu viele Dateien", "There are too many files"),
    (
        "Ein Entwurf darf 20 Dateien und zusammen 200 MB haben, und eine Datei höchstens in 2000 Teilen ankommen. Bitte entfernen Sie Dateien, die Sie nicht brauchen.",
        "A draft may have 20 files and 200 MB together, and a file may arrive in at most 2000 parts. Please remove files that you do not need.",
    ),
)
NOT_AVAILABLE = _kind(
    "attachment-not-available",
    409,
    ("Die Datei kann nicht heruntergeladen werden", "The file cannot be downloaded"),
    (
        "Nur geprüfte Dateien können heruntergeladen werden; „attachment“ sagt, wie weit diese ist.",
        "Only files that were checked can be downloaded; “attachment” says how far this one is.",
    ),
)
FILE_TOO_LARGE = _kind(
    "file-too-large",
    413,
    ("Die Datei ist zu groß", "The file is too large"),
    (
        "Mehr Bytes, als „limit“ nennt, sind hier nicht möglich.",
        "More bytes than “limit” says are not possible here.",
    ),
)
UPLOAD_MEDIA_TYPE = _kind(
    "upload-media-type",
    415,
    ("Dieses Format wird beim Hochladen nicht angenommen", "This format is not accepted for uploads"),
    (
        "Bitte senden Sie „Content-Type: application/offset+octet-stream“.",
        "Please send “Content-Type: application/offset+octet-stream”.",
    ),
)
NO_FILE_QUESTION = _kind(
    "no-file-question",
    422,
    ("Zu dieser Frage gehört keine Datei", "This question takes no file"),
    (
        "„field“ muss der JSON-Zeiger einer Frage sein, die eine Datei verlangt.",
        "“field” must be the JSON pointer of a question that asks for a file.",
    ),
)
NO_FILE_NAME = _kind(
    "no-file-name",
    422,
    ("Der Dateiname ist leer", "The file name is empty"),
    (
        "Von „filename“ bleibt ohne Ordner und unsichtbare Zeichen nichts übrig. Bitte geben Sie der Datei einen Namen.",
        "Without folders and invisible characters nothing is left of “filename”. Please give the file a name.",
    ),
)
CHECKSUM = _kind(
    "checksum-mismatch",
    460,
    ("Die Daten sind unterwegs beschädigt worden", "The data was damaged on its way"),
    (
        "Die Prüfsumme stimmt nicht; von dieser Anfrage wurde nichts gespeichert. Bitte senden Sie sie noch einmal.",
        "The checksum does not match; nothing of this request was stored. Please send it again.",
    ),
)
