"""The kinds of files: those we can check, and those we only know by name, to tell people what they have."""

from __future__ import annotations

from dataclasses import dataclass

from backend.files.inspection.verdict import Words


@dataclass(frozen=True, slots=True)
class Kind:
    """`words` complete "the file is …", `plural` stands in lists of what is allowed.

    The first extension is the usual one. Without `plural` the kind is never taken.
    """

    media_type: str
    words: Words
    extensions: tuple[str, ...] = ()
    plural: Words | None = None


def _kind(media_type: str, article: str, name: Words | str, plural: Words | str, *extensions: str) -> Kind:
    de, en = (name, name) if isinstance(name, str) else name
    several = (plural, plural) if isinstance(plural, str) else plural
    english = "an" if en[0] in "AEIO" else "a"
    return Kind(media_type, (f"{article} {de}", f"{english} {en}"), extensions, several)


PDF = _kind("application/pdf", "eine", ("PDF-Datei", "PDF file"), "PDF", "pdf")
JPEG = _kind("image/jpeg", "ein", ("JPEG-Bild", "JPEG image"), "JPEG", "jpg", "jpeg", "jpe", "jfif")
PNG = _kind("image/png", "ein", ("PNG-Bild", "PNG image"), "PNG", "png")
TIFF = _kind("image/tiff", "ein", ("TIFF-Bild", "TIFF image"), "TIFF", "tif", "tiff")
HEIC = _kind("image/heic", "ein", ("HEIC-Bild", "HEIC image"), "HEIC", "heic", "heif")
TEXT = _kind("text/plain", "eine", ("Textdatei", "text file"), ("Textdatei", "text file"), "txt", "text")
CSV = _kind("text/csv", "eine", ("CSV-Tabelle", "CSV table"), "CSV", "csv")
DOCX = _kind(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ein",
    ("Word-Dokument", "Word document"),
    "Word (docx)",
    "docx",
)
XLSX = _kind(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "eine",
    ("Excel-Tabelle", "Excel spreadsheet"),
    "Excel (xlsx)",
    "xlsx",
)
ODT = _kind(
    "application/vnd.oasis.opendocument.text",
    "ein",
    ("OpenDocument-Text", "OpenDocument text"),
    "OpenDocument (odt)",
    "odt",
)
ODS = _kind(
    "application/vnd.oasis.opendocument.spreadsheet",
    "eine",
    ("OpenDocument-Tabelle", "OpenDocument spreadsheet"),
    "OpenDocument (ods)",
    "ods",
)
ZIP = _kind("application/zip", "ein", ("ZIP-Archiv", "ZIP archive"), "ZIP", "zip")

SUPPORTED = {
    kind.media_type: kind for kind in (PDF, JPEG, PNG, TIFF, HEIC, TEXT, CSV, DOCX, XLSX, ODT, ODS, ZIP)
}
SUPPORTED_TYPES = tuple(SUPPORTED)

# Known by name only: never taken.
HTML = Kind("text/html", ("eine Internetseite (HTML)", "a web page (HTML)"))
XML = Kind("application/xml", ("eine XML-Datei", "an XML file"))
OTHER_OFFICE = Kind(
    "application/x-office", ("ein Office-Dokument anderer Art", "an Office document of another kind")
)
OLD_OFFICE = Kind(
    "application/x-ole-storage",
    (
        "ein altes oder mit Passwort geschütztes Office-Dokument",
        "an old or password-protected Office document",
    ),
)
# First bytes, and what begins with them.
KNOWN_BY_NAME: tuple[tuple[bytes, Kind], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"GIF8", Kind("image/gif", ("ein GIF-Bild", "a GIF image"))),
    (b"BM", Kind("image/bmp", ("ein BMP-Bild", "a BMP image"))),
    (b"MZ", Kind("application/x-msdownload", ("ein Windows-Programm", "a Windows program"))),
    (b"\x7fELF", Kind("application/x-executable", ("ein Linux-Programm", "a Linux program"))),
    (b"#!", Kind("text/x-script", ("ein Skript", "a script"))),
    (b"Rar!\x1a\x07", Kind("application/vnd.rar", ("ein RAR-Archiv", "a RAR archive"))),
    (b"7z\xbc\xaf\x27\x1c", Kind("application/x-7z-compressed", ("ein 7-Zip-Archiv", "a 7-Zip archive"))),
    (b"\x1f\x8b", Kind("application/gzip", ("ein GZIP-Archiv", "a GZIP archive"))),
    (b"BZh", Kind("application/x-bzip2", ("ein BZIP2-Archiv", "a BZIP2 archive"))),
    (b"\xfd7zXZ\x00", Kind("application/x-xz", ("ein XZ-Archiv", "an XZ archive"))),
    (b"{\\rtf", Kind("application/rtf", ("ein RTF-Dokument", "an RTF document"))),
    (b"%!PS", Kind("application/postscript", ("eine PostScript-Datei", "a PostScript file"))),
    (b"ID3", Kind("audio/mpeg", ("eine MP3-Aufnahme", "an MP3 recording"))),
    (b"OggS", Kind("audio/ogg", ("eine Ogg-Aufnahme", "an Ogg recording"))),
    (b"\x1aE\xdf\xa3", Kind("video/webm", ("ein Video", "a video"))),
    (b"AC10", Kind("image/vnd.dwg", ("eine AutoCAD-Zeichnung", "an AutoCAD drawing"))),
)
WEBP = Kind("image/webp", ("ein WebP-Bild", "a WebP image"))
RIFF = Kind("application/x-riff", ("eine Ton- oder Videodatei", "an audio or video file"))
VIDEO = Kind("video/mp4", ("ein Video", "a video"))
