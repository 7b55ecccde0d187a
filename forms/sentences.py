"""The sentences for answers that do not fit, German and English: open it to word one better.

`{name}` is the question's title in quotation marks, `{limit}` and `{actual}` are numbers, `{options}` the
sections to choose from. A code may have variants: `required:choice`.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "type": ("Die Angabe bei {name} hat die falsche Art.", "The value of {name} is of the wrong kind."),
    "required": ("Bitte geben Sie {name} an.", "Please enter {name}."),
    "required:choice": ("Bitte wählen Sie bei {name} etwas aus.", "Please choose an option for {name}."),
    "required:boolean": ("Bitte beantworten Sie {name}.", "Please answer {name}."),
    "required:array": (
        "Bitte geben Sie bei {name} mindestens einen Eintrag an.",
        "Please give at least one entry for {name}.",
    ),
    "required:object": ("Bitte füllen Sie den Abschnitt {name} aus.", "Please fill in the section {name}."),
    "type:string": ("Bitte geben Sie bei {name} einen Text an.", "Please enter a text for {name}."),
    "type:number": ("Bitte geben Sie bei {name} eine Zahl an.", "Please enter a number for {name}."),
    "type:integer": (
        "Bitte geben Sie bei {name} eine ganze Zahl an.",
        "Please enter a whole number for {name}.",
    ),
    "type:boolean": (
        "Bitte beantworten Sie {name} mit Ja oder Nein.",
        "Please answer {name} with yes or no.",
    ),
    "type:array": (
        "Bitte geben Sie bei {name} eine Liste von Einträgen an.",
        "Please give a list of entries for {name}.",
    ),
    "type:object": (
        "Bitte füllen Sie die Felder des Abschnitts {name} aus.",
        "Please fill in the fields of the section {name}.",
    ),
    "type:null": ("Bitte lassen Sie {name} leer.", "Please leave {name} empty."),
    "date-too-late": (
        "Bitte geben Sie bei {name} ein Datum bis zum {limit} an.",
        "Please enter a date up to {limit} for {name}.",
    ),
    "date-too-late:today": (
        "Das Datum bei {name} darf nicht in der Zukunft liegen.",
        "The date of {name} must not be in the future.",
    ),
    "date-too-early": (
        "Bitte geben Sie bei {name} ein Datum ab dem {limit} an.",
        "Please enter a date from {limit} on for {name}.",
    ),
    "date-too-early:today": (
        "Das Datum bei {name} darf nicht in der Vergangenheit liegen.",
        "The date of {name} must not be in the past.",
    ),
    "enum": (
        "Bitte wählen Sie bei {name} eine der angebotenen Möglichkeiten.",
        "Please choose one of the options offered for {name}.",
    ),
    "const": (
        "Bei {name} ist nur der vorgegebene Wert möglich. Bitte wählen Sie ihn.",
        "Only the given value is possible for {name}. Please choose it.",
    ),
    "const:true": ("Bitte bestätigen Sie {name}.", "Please confirm {name}."),
    "pattern": (
        "{name} hat nicht die erwartete Form. Bitte prüfen Sie die Eingabe.{example}",
        "{name} does not have the expected form. Please check what you entered.{example}",
    ),
    "min-length": (
        "{name} ist zu kurz. Bitte geben Sie mindestens {limit} Zeichen ein, bisher sind es {actual}.",
        "{name} is too short. Please enter at least {limit} characters, so far there are {actual}.",
    ),
    "max-length": (
        "{name} ist zu lang. Möglich sind höchstens {limit} Zeichen, es sind {actual}. Bitte kürzen Sie.",
        "{name} is too long. At most {limit} characters are possible, there are {actual}. Please shorten it.",
    ),
    "minimum": (
        "{name} ist zu klein. Bitte geben Sie mindestens {limit} an.",
        "{name} is too small. Please enter at least {limit}.",
    ),
    "maximum": (
        "{name} ist zu groß. Bitte geben Sie höchstens {limit} an.",
        "{name} is too large. Please enter at most {limit}.",
    ),
    "exclusive-minimum": (
        "{name} ist zu klein. Bitte geben Sie mehr als {limit} an.",
        "{name} is too small. Please enter more than {limit}.",
    ),
    "exclusive-maximum": (
        "{name} ist zu groß. Bitte geben Sie weniger als {limit} an.",
        "{name} is too large. Please enter less than {limit}.",
    ),
    "multiple-of": (
        "{name} muss ein Vielfaches von {limit} sein. Bitte runden Sie die Zahl.",
        "{name} must be a multiple of {limit}. Please round the number.",
    ),
    "min-items": (
        "Bei {name} sind zu wenige Einträge. Nötig sind mindestens {limit}.",
        "There are too few entries for {name}. At least {limit} are needed.",
    ),
    "max-items": (
        "Bei {name} sind zu viele Einträge. Möglich sind höchstens {limit}.",
        "There are too many entries for {name}. At most {limit} are possible.",
    ),
    "unique-items": (
        "Bei {name} kommt ein Eintrag doppelt vor. Bitte entfernen Sie ihn.",
        "An entry occurs twice for {name}. Please remove it.",
    ),
    "unknown-property": (
        "Das Feld {name} gibt es in diesem Formular nicht. Bitte senden Sie es nicht mit.",
        "There is no field {name} in this form. Please do not send it.",
    ),
    "not-allowed": (
        "{name} ist hier nicht vorgesehen. Bitte entfernen Sie die Angabe.",
        "{name} is not expected here. Please remove it.",
    ),
    "combination": (
        "Die Angaben bei {name} passen so nicht zusammen. Bitte prüfen Sie sie.",
        "What you entered for {name} does not go together. Please check it.",
    ),
    "choose-one": (
        "Bitte füllen Sie bei {name} genau einen dieser Abschnitte aus: {options}.",
        "Please fill in exactly one of these sections of {name}: {options}.",
    ),
    "min-properties": (
        "Bei {name} fehlen Angaben. Bitte füllen Sie mindestens {limit} davon aus: {options}.",
        "There is not enough in {name}. Please fill in at least {limit} of these: {options}.",
    ),
    "max-properties": (
        "Bei {name} ist zu viel ausgefüllt. Bitte füllen Sie höchstens {limit} davon aus: {options}.",
        "There is too much in {name}. Please fill in at most {limit} of these: {options}.",
    ),
    "not-calculable": (
        "{name} kann aus Ihren Angaben nicht berechnet werden. Bitte prüfen Sie Ihre Angaben.",
        "{name} cannot be calculated from your answers. Please check your answers.",
    ),
    "more-problems": (
        "Es gibt noch {limit} weitere Hinweise. Bitte berichtigen Sie zuerst die genannten.",
        "There are {limit} more remarks. Please correct those named first.",
    ),
    "character-not-allowed": (
        "{name} enthält unsichtbare Steuerzeichen. Bitte geben Sie den Text von Hand neu ein.",
        "{name} contains invisible control characters. Please type the text again by hand.",
    ),
    "number-not-allowed": (
        "Die Zahl bei {name} ist zu groß oder zu lang. Bitte geben Sie eine kürzere Zahl an.",
        "The number for {name} is too large or too long. Please enter a shorter number.",
    ),
    "name-not-allowed": (
        "Bei {name} steht ein Feldname, der zu lang ist oder Steuerzeichen enthält. Bitte entfernen Sie ihn.",
        "There is a field name in {name} that is too long or contains control characters. Please remove it.",
    ),
    "not-json": (
        "Die Angabe bei {name} ist kein JSON-Wert. Bitte senden Sie Text, Zahl, Ja/Nein, Liste oder Objekt.",
        "The value of {name} is no JSON value. Please send a text, number, true/false, list or object.",
    ),
    "not-an-object": (
        "Die Antworten müssen ein Objekt mit den Feldern des Formulars sein.",
        "The answers must be an object with the fields of the form.",
    ),
    "too-deep": (
        "Die Antworten sind zu tief verschachtelt. Bitte senden Sie nur die Felder des Formulars.",
        "The answers are nested too deeply. Please send only the fields of the form.",
    ),
    "too-many-values": (
        "Die Antworten sind zu umfangreich. Bitte senden Sie weniger Einträge.",
        "There are too many answers. Please send fewer entries.",
    ),
}
