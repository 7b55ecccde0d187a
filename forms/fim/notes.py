"""What a person has to know or do after an import: one row per kind of note, in German and English."""

from __future__ import annotations

from dataclasses import dataclass, field

from forms.problems import Problem

# Kind → what it means for the form; `{0}` … are the details.
_TEXTS = {
    "codelist-missing": (
        (
            "Die Codeliste {0} lag nicht vor; gefragt wird ein freier Text. Laden Sie die Liste "
            "im XRepository "
            "als Genericode und lesen Sie das Formular mit --codelists noch einmal ein."
        ),
        (
            "The code list {0} was not at hand; a free text is asked for. Download the list from "
            "the XRepository "
            "as Genericode and import the form again with --codelists."
        ),
    ),
    "codelist-unusable": (
        "Die Codeliste {0} ist nicht verwendbar ({1}); gefragt wird ein freier Text.",
        "The code list {0} cannot be used ({1}); a free text is asked for.",
    ),
    "codelist-version": (
        "Verlangt ist die Codeliste {0} in der Fassung „{1}“, vorhanden und verwendet ist „{2}“.",
        "The code list {0} is wanted in version “{1}”, at hand and used is “{2}”.",
    ),
    "choice-without-values": (
        "Auswahl ohne Werte und ohne Codeliste; gefragt wird ein freier Text.",
        "A choice without values and without a code list; a free text is asked for.",
    ),
    "value-twice": (
        "Der Wert „{0}“ steht zweimal in der Auswahl; der erste gilt.",
        "The value “{0}” stands twice in the choice; the first one counts.",
    ),
    "pattern-left-out": (
        (
            "Das Muster „{0}“ bleibt weg: Es ist fehlerhaft, oder es braucht Rückverweise oder Umschau, die "
            "beliebig lange dauern können."
        ),
        (
            "The pattern “{0}” is left out: it is faulty, or it needs back references or "
            "look-around, which can "
            "take any length of time."
        ),
    ),
    "pattern-unproved": (
        "Das Muster „{0}“ bleibt weg: Es wurde kein Text gefunden, der zu Muster und Länge ({1}) passt.",
        "The pattern “{0}” is left out: no text was found that fits the pattern and the length ({1}).",
    ),
    "limit-left-out": (
        "Die Grenze {0} bleibt weg: Für {1} gibt es sie nicht.",
        "The limit {0} is left out: there is none for {1}.",
    ),
    "file-type-left-out": (
        "Die Dateiart „{0}“ bleibt weg: Sie kann hier nicht angenommen werden.",
        "The kind of file “{0}” is left out: it cannot be taken here.",
    ),
    "file-size-left-out": (
        (
            "FIM begrenzt die Größe der Datei auf „{0}“ ohne Einheit; möglich sind {1} MB. Bitte tragen Sie "
            "die Grenze bei x-file als „max-bytes“ ein."
        ),
        (
            "FIM limits the size of the file to “{0}” without a unit; possible are {1} MB. Please enter the "
            "limit as “max-bytes” in x-file."
        ),
    ),
    "latin-text": (
        "Der Datentyp text_latin (DIN 91379) wird als Text ohne Prüfung der Zeichen gefragt.",
        "The data type text_latin (DIN 91379) is asked as text without a check of its characters.",
    ),
    "object-text": (
        "Der Datentyp obj hat keine Entsprechung; gefragt wird ein freier Text.",
        "The data type obj has no counterpart; a free text is asked for.",
    ),
    "hidden-left-out": (
        (
            "Das Feld ist in FIM verborgen und wird nicht gefragt. Wird sein Wert gebraucht, muss ihn die "
            "Behörde ergänzen."
        ),
        "The field is hidden in FIM and is not asked. If its value is needed, the authority must add it.",
    ),
    "locked-shown": (
        (
            "Das Feld ist in FIM gesperrt; es wird nur angezeigt. Wird sein Wert gebraucht, muss "
            "ihn die Behörde "
            "ergänzen."
        ),
        "The field is locked in FIM; it is only shown. If its value is needed, the authority must add it.",
    ),
    "locked-left-out": (
        "Das Feld ist in FIM gesperrt und hat keinen Inhalt; es bleibt weg.",
        "The field is locked in FIM and has no content; it is left out.",
    ),
    "empty-left-out": (
        "Die Gruppe enthält nichts und bleibt weg.",
        "The group contains nothing and is left out.",
    ),
    "never-left-out": (
        "Das Element kommt laut Anzahl nie vor und bleibt weg.",
        "The element never occurs according to its cardinality and is left out.",
    ),
    "same-place": (
        "Das Element steht {0}-mal an derselben Stelle; daraus wurde eine Liste.",
        "The element stands {0} times at the same place; it became one list.",
    ),
    "prefill": (
        "FIM sieht hier eine Vorbefüllung vor: {0}.",
        "FIM provides for this field to be filled in beforehand: {0}.",
    ),
    "warning": ("{0}", "{1}"),
}


@dataclass(slots=True)
class Notes:
    """Collects notes; `where` of each is the path of element ids, as in a JSON pointer."""

    found: list[Problem] = field(default_factory=list)

    def add(self, path: tuple[str, ...], kind: str, *details: str) -> None:
        german, english = _TEXTS[kind]
        text = {"de": german.format(*details), "en": english.format(*details)}
        note = Problem("/" + "/".join(path), kind, text)
        if note not in self.found:
            self.found.append(note)
