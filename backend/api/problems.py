"""Every error of the API as a value: stable type, status, and what a person reads (RFC 9457)."""

from __future__ import annotations

from backend.api.problem_kinds import ApiProblem, Kind
from backend.api.problem_kinds import kind_of as _kind
from backend.api.upload_problems import (
    ATTACHMENT_SUBMITTED,
    CHECKSUM,
    FILE_TOO_LARGE,
    NO_FILE_NAME,
    NO_FILE_QUESTION,
    NOT_AVAILABLE,
    TOO_MANY_FILES,
    TUS_VERSION,
    UPLOAD_MEDIA_TYPE,
    UPLOAD_OFFSET,
)

__all__ = [
    "ATTACHMENT_SUBMITTED",
    "CHECKSUM",
    "FILE_TOO_LARGE",
    "NOT_AVAILABLE",
    "NO_FILE_NAME",
    "NO_FILE_QUESTION",
    "TOO_MANY_FILES",
    "TUS_VERSION",
    "UPLOAD_MEDIA_TYPE",
    "UPLOAD_OFFSET",
    "ApiProblem",
    "Kind",
]

BROKEN_JSON = _kind(
    "broken-json",
    400,
    ("Die Anfrage ist nicht lesbar", "The request cannot be read"),
    (
        "Der Inhalt ist kein gültiges JSON. Bitte prüfen Sie die genannte Stelle.",
        "The body is not valid JSON. Please check the place that is named.",
    ),
)
BAD_REQUEST = _kind(
    "bad-request",
    400,
    ("Die Anfrage ist unvollständig oder falsch", "The request is incomplete or wrong"),
    ("Bitte berichtigen Sie die genannten Stellen.", "Please correct the places that are named."),
)
MISSING_KEY = _kind(
    "missing-idempotency-key",
    400,
    ("Idempotency-Key fehlt oder passt nicht", "Idempotency-Key is missing or unfit"),
    (
        "Senden Sie im Kopf „Idempotency-Key“ einen eigenen, zufälligen Text mit 8 bis 200 Zeichen, und denselben, wenn Sie es noch einmal versuchen.",
        "Send a random text of your own (8 to 200 characters) in the header “Idempotency-Key”, and the same one when you try again.",
    ),
)
NOT_SIGNED_IN = _kind(
    "not-signed-in",
    401,
    ("Bitte melden Sie sich an", "Please sign in"),
    (
        "Bitte senden Sie einen Anmeldenachweis im Kopf „Authorization: Bearer …“.",
        "Please send a token in the header “Authorization: Bearer …”.",
    ),
)
TOKEN_REFUSED = _kind(
    "token-refused",
    401,
    ("Die Anmeldung gilt nicht", "The sign-in is not valid"),
    (
        "Ihre Anmeldung ist abgelaufen oder stammt nicht von einer zugelassenen Stelle. Bitte melden Sie sich neu an.",
        "Your sign-in has expired or is not from a trusted issuer. Please sign in again.",
    ),
)
STEP_UP = _kind(
    "level-too-low",
    401,
    ("Eine stärkere Anmeldung ist nötig", "A stronger sign-in is needed"),
    (
        "Diese Leistung verlangt ein höheres Vertrauensniveau. Bitte melden Sie sich damit an; Ihre Angaben bleiben erhalten.",
        "This service needs a higher level of assurance. Please sign in with it; what you entered is kept.",
    ),
)
NO_GUESTS = _kind(
    "account-needed",
    401,
    ("Für diese Leistung brauchen Sie ein Konto", "You need an account for this service"),
    (
        "Als Gast kann diese Leistung nicht beantragt werden. Bitte melden Sie sich mit einem Konto an, das mindestens das Vertrauensniveau „needed“ hat.",
        "Guests cannot apply for this service. Please sign in with an account that has at least the level of assurance “needed”.",
    ),
)
WRITTEN_FORM = _kind(
    "written-form-needed",
    401,
    (
        "Hier ist eine Anmeldung mit dem Online-Ausweis nötig",
        "A sign-in with the online ID card is needed here",
    ),
    (
        "Das Gesetz verlangt hier die Schriftform. Online ersetzt sie nur eine Anmeldung mit den Mitteln, die „means“ nennt. Bitte melden Sie sich damit an; Ihre Angaben bleiben erhalten.",
        "The law demands written form here. Online only a sign-in with the means named in “means” replaces it. Please sign in with one of them; what you entered is kept.",
    ),
)
SIGN_IN_AGAIN = _kind(
    "sign-in-too-old",
    401,
    ("Bitte melden Sie sich noch einmal an", "Please sign in once more"),
    (
        "Ihre Anmeldung liegt zu lange zurück. Bitte zeigen Sie noch einmal, wer Sie sind; Ihre Angaben bleiben erhalten.",
        "You signed in too long ago. Please show once more who you are; what you entered is kept.",
    ),
)
FORBIDDEN = _kind(
    "forbidden",
    403,
    ("Das dürfen Sie nicht", "You may not do this"),
    ("Ihr Konto hat dafür nicht die nötige Rolle.", "Your account does not have the role for this."),
)
FOUR_EYES = _kind(
    "not-entitled",
    403,
    ("Diese Aufgabe kann nicht von Ihnen erledigt werden", "You cannot do this task"),
    ("Der Grund steht unter „errors“.", "The reason is given under “errors”."),
)
NOT_FOUND = _kind(
    "not-found",
    404,
    ("Nicht gefunden", "Not found"),
    ("Das gibt es nicht, oder es ist nicht Ihres.", "There is no such thing, or it is not yours."),
)
UNKNOWN_SERVICE = _kind(
    "unknown-service",
    404,
    ("Diese Leistung gibt es hier nicht", "There is no such service here"),
    (
        "Bitte wählen Sie eine Leistung aus der Liste unter /api/v1/services.",
        "Please choose a service from the list at /api/v1/services.",
    ),
)
METHOD = _kind(
    "method-not-allowed",
    405,
    ("Diese Methode gibt es hier nicht", "This method is not available here"),
    ("Welche Methoden es gibt, steht im Kopf „Allow“.", "The header “Allow” names the methods there are."),
)
NOT_ACCEPTABLE = _kind(
    "not-acceptable",
    406,
    ("Dieses Format gibt es hier nicht", "This format is not available here"),
    ("Bitte fordern Sie application/json an.", "Please ask for application/json."),
)
ALREADY_CLAIMED = _kind(
    "already-claimed",
    409,
    ("Jemand war schneller", "Somebody was faster"),
    ("Diese Aufgabe bearbeitet schon eine andere Person.", "Somebody else already works on this task."),
)
ALREADY_DONE = _kind(
    "already-done",
    409,
    ("Die Aufgabe ist schon erledigt", "The task is already done"),
    (
        "Diese Aufgabe wurde schon erledigt oder wird nicht mehr gebraucht. Bitte laden Sie die Liste neu.",
        "This task was already done or is no longer needed. Please reload the list.",
    ),
)
NOT_CLAIMED = _kind(
    "not-claimed",
    409,
    ("Bitte übernehmen Sie die Aufgabe zuerst", "Please claim the task first"),
    (
        "Nur wer eine Aufgabe übernommen hat, kann sie erledigen oder zurückgeben.",
        "Only whoever has claimed a task can complete or release it.",
    ),
)
TOO_MANY_DRAFTS = _kind(
    "too-many-drafts",
    409,
    ("So viele Entwürfe sind nicht möglich", "That many drafts are not possible"),
    (
        "Sie haben für diese Leistung schon die höchste Zahl an Entwürfen („limit“). Bitte schicken Sie einen davon ab oder löschen Sie einen.",
        "You already have the highest number of drafts for this service (“limit”). Please submit or delete one of them.",
    ),
)
OUTDATED_DRAFT = _kind(
    "form-changed",
    409,
    ("Das Formular hat sich geändert", "The form has changed"),
    (
        "Die Fassung dieses Entwurfs wird nicht mehr angenommen. Bitte übernehmen Sie Ihre Angaben mit POST …/update in die neue Fassung; was dort keinen Platz hat, wird Ihnen gezeigt.",
        "The version of this draft is no longer accepted. Please carry your answers over to the new one with POST …/update; whatever has no place there is shown to you.",
    ),
)
SIGNING_OVER = _kind(
    "signing-over",
    409,
    ("Hier kann nicht mehr unterschrieben werden", "It is too late to sign"),
    (
        "Die Frist ist vorbei, Sie haben schon geantwortet, oder der Antrag ist erledigt. Bitte wenden Sie sich an die Person, die Sie darum gebeten hat.",
        "The time is over, you have already answered, or the application is done. Please turn to the person who asked you.",
    ),
)
SAME_PERSON = _kind(
    "one-signature-each",
    409,
    ("Jede Person unterschreibt einmal", "Each person signs once"),
    (
        "Mit diesem Konto wurde der Antrag gestellt oder schon beantwortet. Die eingeladene Person meldet sich bitte mit ihrem eigenen Konto an.",
        "This account made the application or has answered already. The person who was invited signs in with an account of her own, please.",
    ),
)
ACCOUNT_TAKEN = _kind(
    "account-taken",
    409,
    ("Dieses Konto gibt es schon", "There already is such an account"),
    (
        "Für diese Anmeldung („issuer“ und „subject“) gibt es hier schon jemanden. Bitte ändern Sie dieses Konto, oder reaktivieren Sie es.",
        "There already is somebody with this sign-in (“issuer” and “subject”). Please change that account, or reactivate it.",
    ),
)
WITHDRAWN = _kind(
    "version-withdrawn",
    410,
    ("Diese Fassung wird nicht mehr angenommen", "This version is no longer accepted"),
    (
        "Die Leistung oder diese Fassung des Formulars wurde zurückgezogen. Bitte laden Sie das Formular neu.",
        "The service or this version of its form was withdrawn. Please load the form again.",
    ),
)
DRAFT_SUBMITTED = _kind(
    "draft-submitted",
    410,
    ("Dieser Entwurf ist abgeschickt", "This draft was submitted"),
    (
        "Er ist jetzt ein Antrag und kann nicht mehr geändert oder gelöscht werden. Sie finden ihn unter der Adresse, die „application“ nennt.",
        "It is an application now and can no longer be changed or deleted. You find it at the address that “application” names.",
    ),
)
CHANGED_MEANWHILE = _kind(
    "changed-meanwhile",
    412,
    ("Inzwischen wurde etwas geändert", "Something was changed meanwhile"),
    (
        "Dieser Stand ist nicht mehr der neueste, vielleicht durch ein anderes Gerät. Es wurde nichts überschrieben. Bitte laden Sie den Stand „revision“ und wiederholen Sie Ihre Änderung.",
        "This state is no longer the newest, perhaps because of another device. Nothing was overwritten. Please load the state “revision” and repeat your change.",
    ),
)
TOO_LARGE = _kind(
    "too-large",
    413,
    ("Die Anfrage ist zu groß", "The request is too large"),
    (
        "Höchstens 1 MB. Dateien laden Sie bitte einzeln hoch.",
        "At most 1 MB. Please upload files one by one.",
    ),
)
MEDIA_TYPE = _kind(
    "unsupported-media-type",
    415,
    ("Dieses Format wird nicht angenommen", "This format is not accepted"),
    ("Bitte senden Sie application/json.", "Please send application/json."),
)
INVALID_ANSWERS = _kind(
    "invalid-answers",
    422,
    ("Bitte prüfen Sie Ihre Angaben", "Please check your answers"),
    (
        "Es wurde nichts gespeichert. Bitte berichtigen Sie die genannten Angaben.",
        "Nothing was stored. Please correct the answers that are named.",
    ),
)
KEY_REUSED = _kind(
    "idempotency-key-reused",
    422,
    ("Dieser Idempotency-Key wurde schon benutzt", "This Idempotency-Key was already used"),
    (
        "Er gehört zu einer anderen Anfrage, etwa einem anderen Antrag. Bitte verwenden Sie für jede neue einen neuen.",
        "It belongs to another request, such as another application. Please use a new one for each new request.",
    ),
)
PARTIES_REFUSED = _kind(
    "parties-refused",
    422,
    ("Bitte prüfen Sie, wer am Antrag beteiligt ist", "Please check who takes part in the application"),
    (
        "Es wurde nichts gespeichert. Bitte berichtigen Sie, was „errors“ bei „acting_for“ und „co_signers“ nennt.",
        "Nothing was stored. Please correct what “errors” names in “acting_for” and “co_signers”.",
    ),
)
PACKAGE_REFUSED = _kind(
    "package-refused",
    422,
    ("Das Leistungspaket wurde abgelehnt", "The service package was refused"),
    (
        "Es wurde nichts veröffentlicht. „errors“ nennt jede Stelle („pointer“: Datei und Ort).",
        "Nothing was published. “errors” names every place (“pointer”: file and place).",
    ),
)
CODE_REFUSED = _kind(
    "confirmation-code-refused",
    422,
    ("Der Bestätigungscode gilt nicht", "The confirmation code is not valid"),
    (
        "Er ist falsch, älter als 30 Minuten oder wurde zu oft falsch eingegeben. Bitte prüfen Sie die Eingabe, oder fordern Sie einen neuen an.",
        "It is wrong, older than 30 minutes or was typed wrong too often. Please check what you typed, or ask for a new one.",
    ),
)
CLERK_REFUSED = _kind(
    "clerk-refused",
    422,
    ("Dieses Konto geht so nicht", "The account cannot be like this"),
    (
        "Es wurde nichts geändert. Bitte berichtigen Sie, was „errors“ nennt.",
        "Nothing was changed. Please correct what “errors” names.",
    ),
)
ABSENCE_REFUSED = _kind(
    "absence-refused",
    422,
    ("Diese Abwesenheit geht so nicht", "The absence cannot be like this"),
    (
        "Es wurde nichts eingetragen. Bitte berichtigen Sie, was „errors“ nennt.",
        "Nothing was entered. Please correct what “errors” names.",
    ),
)
LINK_REFUSED = _kind(
    "prefill-link-refused",
    422,
    ("Der Link kann nicht benutzt werden", "The link cannot be used"),
    (
        "Der Grund steht unter „errors“. Ohne den Link („prefill“) können Sie den Entwurf trotzdem beginnen.",
        "The reason is given under “errors”. You can begin the draft without the link (“prefill”).",
    ),
)
PRECONDITION_REQUIRED = _kind(
    "precondition-required",
    428,
    ("„If-Match“ muss sagen, welchen Stand Sie kennen", "“If-Match” must say which state you know"),
    (
        "Senden Sie im Kopf „If-Match“ den ETag des Standes, den Sie gesehen haben („*“ reicht nicht): So überschreiben Sie nichts, was inzwischen anderswo gespeichert wurde.",
        "Send in the header “If-Match” the ETag of the state you have seen (“*” is not enough): so you overwrite nothing that was saved elsewhere meanwhile.",
    ),
)
TOO_MANY_REQUESTS = _kind(
    "too-many-requests",
    429,
    ("Das waren zu viele Anfragen", "Too many requests"),
    (
        "Bitte warten Sie so viele Sekunden, wie der Kopf „Retry-After“ nennt, und versuchen Sie es dann noch einmal.",
        "Please wait as many seconds as the header “Retry-After” says, then try again.",
    ),
)
UNAVAILABLE = _kind(
    "unavailable",
    503,
    ("Gerade nicht erreichbar", "Not available right now"),
    (
        "Bitte versuchen Sie es in einer Minute noch einmal. Es wurde nichts gespeichert.",
        "Please try again in a minute. Nothing was stored.",
    ),
)
SERVER_ERROR = _kind(
    "server-error",
    500,
    ("Das war unser Fehler", "This was our fault"),
    (
        "Der Fehler ist verzeichnet. Bitte versuchen Sie es noch einmal.",
        "The error has been recorded. Please try again.",
    ),
)
