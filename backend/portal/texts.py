"""Every sentence of the pages, in German and English."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "skip": "Zum Inhalt springen",
        "sign_in": "Anmelden",
        "choose": "Womit möchten Sie sich anmelden?",
        "choose_text": "Sie werden zu dem Dienst weitergeleitet, den Sie wählen, und kommen danach hierher zurück.",
        "staff": "Für Beschäftigte der Behörde",
        "no_ways": "Bei dieser Behörde kann man sich hier noch nicht anmelden. Bitte wenden Sie sich an die Behörde.",
        "needed": "Nötig ist mindestens das Vertrauensniveau:",
        "step_up": "Stärkere Anmeldung",
        "step_up_text": "Für den nächsten Schritt müssen Sie sich sicherer ausweisen als bisher, zum Beispiel mit dem Online-Ausweis. Was Sie eingegeben haben, bleibt erhalten.",
        "step_up_again": "Sie haben sich vor längerer Zeit angemeldet. Für den nächsten Schritt zeigen Sie bitte noch einmal, wer Sie sind. Was Sie eingegeben haben, bleibt erhalten.",
        "your_level": "Ihre Anmeldung hat jetzt:",
        "continue_with": "Weiter mit",
        "continue": "Weiter",
        "signed_in": "Sie sind angemeldet",
        "level": "Vertrauensniveau",
        "by": "Angemeldet bei",
        "means": "Ausgewiesen mit",
        "since": "Ausgewiesen am",
        "ends": "Die Anmeldung endet spätestens",
        "attributes": "Angaben aus Ihrem Konto",
        "no_attributes": "Ihr Konto hat keine Angaben übermittelt.",
        "sign_out": "Abmelden",
        "signed_out": "Sie sind abgemeldet",
        "signed_out_text": "Ihre Anmeldung bei dieser Behörde ist beendet.",
        "elsewhere": "Bei dem Dienst, mit dem Sie sich angemeldet hatten, sind Sie vielleicht noch angemeldet. An einem fremden Gerät melden Sie sich bitte auch dort ab.",
        "sign_out_elsewhere": "Auch dort abmelden",
        "again": "Zur Anmeldung",
        "none": "keines",
        "low": "niedrig",
        "substantial": "substanziell",
        "high": "hoch",
        "given_name": "Vorname",
        "family_name": "Familienname",
        "birthdate": "Geburtsdatum",
        "email": "E-Mail-Adresse",
        "address": "Anschrift",
        "title": "Titel",
        "street": "Straße und Hausnummer",
        "postcode": "Postleitzahl",
        "city": "Ort",
        "country": "Land",
        "gender": "Geschlecht",
        "place_of_birth": "Geburtsort",
        "birth_name": "Geburtsname",
        "nationality": "Staatsangehörigkeit",
        "phone_number": "Telefon",
        "postbox": "Postfach",
    },
    "en": {
        "skip": "Skip to content",
        "sign_in": "Sign in",
        "choose": "How would you like to sign in?",
        "choose_text": "You will be taken to the service you choose, and come back here afterwards.",
        "staff": "For staff of the authority",
        "no_ways": "It is not possible yet to sign in to this authority here. Please contact the authority.",
        "needed": "The least level of assurance needed is:",
        "step_up": "Stronger sign-in",
        "step_up_text": "For the next step you have to show who you are more surely than so far, for example with the online ID card. What you entered is kept.",
        "step_up_again": "You signed in some time ago. For the next step please show once more who you are. What you entered is kept.",
        "your_level": "Your sign-in has now:",
        "continue_with": "Continue with",
        "continue": "Continue",
        "signed_in": "You are signed in",
        "level": "Level of assurance",
        "by": "Signed in with",
        "means": "Identified by",
        "since": "Identified on",
        "ends": "The sign-in ends at the latest",
        "attributes": "Details from your account",
        "no_attributes": "Your account has sent no details.",
        "sign_out": "Sign out",
        "signed_out": "You are signed out",
        "signed_out_text": "Your sign-in to this authority has ended.",
        "elsewhere": "You may still be signed in at the service you signed in with. On a device that is not yours, please sign out there too.",
        "sign_out_elsewhere": "Sign out there too",
        "again": "To the sign-in",
        "none": "none",
        "low": "low",
        "substantial": "substantial",
        "high": "high",
        "given_name": "First name",
        "family_name": "Family name",
        "birthdate": "Date of birth",
        "email": "E-mail address",
        "address": "Address",
        "title": "Title",
        "street": "Street and number",
        "postcode": "Postcode",
        "city": "Town",
        "country": "Country",
        "gender": "Gender",
        "place_of_birth": "Place of birth",
        "birth_name": "Birth name",
        "nationality": "Nationality",
        "phone_number": "Telephone",
        "postbox": "Mailbox",
    },
}

# Code → language → title and what to do.
ERRORS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "cancelled": {
        "de": (
            "Die Anmeldung wurde abgebrochen",
            "Es wurde nichts gespeichert. Sie können es noch einmal versuchen.",
        ),
        "en": ("The sign-in was cancelled", "Nothing was stored. You can try again."),
    },
    "level": {
        "de": (
            "Die Anmeldung ist nicht sicher genug",
            "Der nächste Schritt verlangt ein höheres Vertrauensniveau. Bitte melden Sie sich noch einmal an und wählen Sie dabei einen stärkeren Weg, zum Beispiel den Online-Ausweis.",
        ),
        "en": (
            "The sign-in is not strong enough",
            "The next step needs a higher level of assurance. Please sign in once more and choose a stronger way, for example the online ID card.",
        ),
    },
    "mixed-up": {
        "de": (
            "Diese Anmeldung gehört nicht hierher",
            "Die Antwort passt zu keiner Anmeldung, die in diesem Browser begonnen wurde. Das geschieht zum Beispiel, wenn Sie „Zurück“ gewählt oder sich in zwei Fenstern zugleich angemeldet haben. Bitte beginnen Sie noch einmal von vorn.",
        ),
        "en": (
            "This sign-in does not belong here",
            "The answer fits no sign-in that was begun in this browser. This happens, for example, if you went “back” or signed in in two windows at once. Please begin again.",
        ),
    },
    "refused": {
        "de": (
            "Die Anmeldung hat nicht geklappt",
            "Der Dienst, mit dem Sie sich anmelden wollten, hat die Anmeldung nicht bestätigt. Bitte versuchen Sie es noch einmal. Bleibt es dabei, wenden Sie sich bitte an die Behörde.",
        ),
        "en": (
            "The sign-in did not work",
            "The service you wanted to sign in with has not confirmed the sign-in. Please try again. If it stays like this, please contact the authority.",
        ),
    },
    "away": {
        "de": (
            "Dieser Anmeldedienst antwortet gerade nicht",
            "Das liegt nicht an Ihnen. Bitte versuchen Sie es in einigen Minuten noch einmal, oder wählen Sie einen anderen Weg der Anmeldung. Was Sie schon eingereicht haben, ist davon nicht betroffen.",
        ),
        "en": (
            "This sign-in service does not answer at the moment",
            "It is not your fault. Please try again in a few minutes, or choose another way to sign in. What you have already submitted is not affected.",
        ),
    },
    "other-account": {
        "de": (
            "Das war ein anderes Konto",
            "Sie haben sich mit einem anderen Konto ausgewiesen als bisher. Damit keine Angaben vermischt werden, gilt weiter Ihre erste Anmeldung. Möchten Sie das Konto wechseln, melden Sie sich bitte erst ab.",
        ),
        "en": (
            "That was another account",
            "You identified yourself with another account than before. So that nothing gets mixed up, your first sign-in stays. If you want to change the account, please sign out first.",
        ),
    },
    "form": {
        "de": (
            "Bitte versuchen Sie es noch einmal",
            "Die Seite war zu lange offen, oder die Anfrage kam von einer fremden Seite. Es ist nichts geschehen.",
        ),
        "en": (
            "Please try again",
            "The page was open for too long, or the request came from another site. Nothing has happened.",
        ),
    },
    "too-many": {
        "de": (
            "Bitte warten Sie einen Moment",
            "Von Ihrem Anschluss kamen sehr viele Anfragen in kurzer Zeit. Bitte versuchen Sie es in einer Minute noch einmal.",
        ),
        "en": (
            "Please wait a moment",
            "Very many requests came from your connection in a short time. Please try again in a minute.",
        ),
    },
    "not-found": {
        "de": (
            "Diese Seite gibt es hier nicht",
            "Vielleicht ist die Adresse nicht ganz richtig geschrieben, oder die Seite ist umgezogen. Bitte prüfen Sie die Adresse.",
        ),
        "en": (
            "There is no such page here",
            "The address may not be spelt quite right, or the page has moved. Please check the address.",
        ),
    },
    "unreadable": {
        "de": (
            "Diese Anfrage können wir nicht lesen",
            "Bitte prüfen Sie die Adresse, oder beginnen Sie noch einmal von vorn.",
        ),
        "en": (
            "We cannot read this request",
            "Please check the address, or start again from the beginning.",
        ),
    },
    "our-fault": {
        "de": (
            "Bei uns ist etwas schiefgegangen",
            "Das liegt nicht an Ihnen. Bitte versuchen Sie es in einigen Minuten noch einmal. Was Sie schon eingereicht haben, ist davon nicht betroffen.",
        ),
        "en": (
            "Something went wrong on our side",
            "It is not your fault. Please try again in a few minutes. What you have already submitted is not affected.",
        ),
    },
    "unknown-way": {
        "de": (
            "Diesen Weg der Anmeldung gibt es hier nicht",
            "Bitte wählen Sie einen der Wege, die diese Behörde anbietet.",
        ),
        "en": (
            "There is no such way to sign in here",
            "Please choose one of the ways this authority offers.",
        ),
    },
}
