"""What applicants and co-signers are told about signatures. Mails say that there is something, never what."""

from __future__ import annotations

from collections.abc import Mapping

Texts = Mapping[str, str]

# To the applicant, by kind of mail (`operations.mail`).
SUBJECTS: Mapping[str, Texts] = {
    "unsigned": {
        "de": "Ihr Antrag ist angekommen, es fehlen noch Unterschriften ({reference})",
        "en": "We have received your application; signatures are missing ({reference})",
    },
    "signed": {
        "de": "Alle haben unterschrieben ({reference})",
        "en": "Everybody has signed ({reference})",
    },
    "signed-in-part": {
        "de": "Ihr Antrag wird ohne alle Unterschriften bearbeitet ({reference})",
        "en": "Your application goes on without all signatures ({reference})",
    },
    "not-signed": {
        "de": "Ihr Antrag wurde beendet, weil eine Unterschrift fehlt ({reference})",
        "en": "Your application has ended because a signature is missing ({reference})",
    },
}
TEXTS: Mapping[str, Texts] = {
    "unsigned": {
        "de": (
            "Guten Tag,\n\nIhr Antrag ist bei uns angekommen. Ihr Aktenzeichen ist {reference}.\n"
            "Wir haben die Personen, die mit unterschreiben, per E-Mail darum gebeten. Danach bearbeiten\n"
            "wir ihn. Sie müssen jetzt nichts tun.\n{where}\n\n"
            "Mit freundlichen Grüßen\n{authority}\n"
        ),
        "en": (
            "Hello,\n\nwe have received your application. Your reference number is {reference}.\n"
            "We have asked the people who sign with you by e-mail. After that we work on it.\n"
            "There is nothing you need to do now.\n{where}\n\nKind regards\n{authority}\n"
        ),
    },
    "signed": {
        "de": (
            "Guten Tag,\n\nalle haben Ihren Antrag {reference} unterschrieben; er wird jetzt bearbeitet.\n"
            "Wir schreiben Ihnen, sobald es etwas Neues gibt.\n{where}\n\n"
            "Mit freundlichen Grüßen\n{authority}\n"
        ),
        "en": (
            "Hello,\n\neverybody has signed your application {reference}; we work on it now.\n"
            "We write to you when there is news.\n{where}\n\nKind regards\n{authority}\n"
        ),
    },
    "signed-in-part": {
        "de": (
            "Guten Tag,\n\nIhren Antrag {reference} haben nicht alle unterschrieben. Er wird trotzdem\n"
            "bearbeitet. Wer unterschrieben hat, sehen Sie bei Ihrem Antrag.\n{where}\n\n"
            "Mit freundlichen Grüßen\n{authority}\n"
        ),
        "en": (
            "Hello,\n\nnot everybody has signed your application {reference}. We work on it nevertheless.\n"
            "You see who has signed with your application.\n{where}\n\nKind regards\n{authority}\n"
        ),
    },
    "not-signed": {
        "de": (
            "Guten Tag,\n\nIhren Antrag {reference} haben nicht alle unterschrieben, deshalb bearbeiten wir\n"
            "ihn nicht. Sie können ihn neu stellen. Mehr dazu steht in Ihrem Postfach.\n{where}\n\n"
            "Mit freundlichen Grüßen\n{authority}\n"
        ),
        "en": (
            "Hello,\n\nnot everybody has signed your application {reference}, so we do not work on it.\n"
            "You can apply again. Your mailbox says more.\n{where}\n\nKind regards\n{authority}\n"
        ),
    },
}
# Into the mailbox of an applicant whose application ends without all signatures.
MESSAGE: Mapping[str, Texts] = {
    "subject": {
        "de": "Ihr Antrag wurde beendet: Es fehlt eine Unterschrift",
        "en": "Your application has ended: a signature is missing",
    },
    "text": {
        "de": (
            "Nicht alle Personen, die Sie genannt haben, haben Ihren Antrag bis zum letzten Tag "
            "unterschrieben, oder jemand hat abgelehnt. Ohne diese Unterschriften kann er nicht bearbeitet "
            "werden. Es wurde nichts entschieden: Sie können ihn jederzeit neu stellen. Wer unterschrieben "
            "hat, steht beim Antrag."
        ),
        "en": (
            "Not all people whom you named signed your application by the last day, or somebody declined. "
            "Without these signatures we cannot work on it. Nothing was decided: you can apply again at any "
            "time. Your application shows who has signed."
        ),
    },
}
# To a co-signer: the first mail, and the reminder.
ASKING: Mapping[str, Texts] = {
    "invite-co-signer": {
        "de": "Bitte unterschreiben Sie einen Antrag mit",
        "en": "Please sign an application too",
    },
    "remind-co-signer": {
        "de": "Erinnerung: Bitte unterschreiben Sie einen Antrag mit",
        "en": "Reminder: please sign an application too",
    },
}
REQUEST: Texts = {
    "de": (
        "Guten Tag,\n\nbei uns wurde ein Antrag gestellt („{title}“), den Sie mit unterschreiben sollen.\n"
        "Bitte lesen Sie ihn, und unterschreiben Sie ihn bis zum {until}, oder lehnen Sie ab.\n\n{where}\n\n"
        "Sie melden sich dafür selbst an. Geben Sie diese E-Mail nicht weiter.\n"
        "Wenn Sie nichts davon wissen, müssen Sie nichts tun.\n\nMit freundlichen Grüßen\n{authority}\n"
    ),
    "en": (
        "Hello,\n\nan application was made here (“{title}”) that you are asked to sign too.\n"
        "Please read it, and sign it by {until}, or decline.\n\n{where}\n\n"
        "You sign in yourself for that. Do not pass this e-mail on.\n"
        "If you know nothing of it, there is nothing you have to do.\n\nKind regards\n{authority}\n"
    ),
}
# Behind "#": browsers send this part of an address to no server, so it is in no log either.
PLACE: Mapping[bool, Texts] = {
    True: {
        "de": "{portal}/co-signatures/{id}#token={token}",
        "en": "{portal}/co-signatures/{id}#token={token}",
    },
    False: {
        "de": "Sie brauchen dafür die Nummer\n\n    {id}\n\nund den Schlüssel\n\n    {token}",
        "en": "You need the number\n\n    {id}\n\nand the key\n\n    {token}",
    },
}
# In the applicant's timeline.
TIMELINE: Mapping[str, Texts] = {
    "co_signature_invited": {
        "de": "Eine Person wurde um ihre Unterschrift gebeten",
        "en": "Somebody was asked to sign",
    },
    "co_signature_reminded": {
        "de": "Eine Person wurde an ihre Unterschrift erinnert",
        "en": "Somebody was reminded to sign",
    },
    "co_signature_unreachable": {
        "de": "Eine E-Mail mit der Bitte um Unterschrift konnte nicht zugestellt werden",
        "en": "An e-mail asking for a signature could not be delivered",
    },
    "co_signature_signed": {"de": "Eine Person hat unterschrieben", "en": "Somebody has signed"},
    "co_signature_declined": {
        "de": "Eine Person hat die Unterschrift abgelehnt",
        "en": "Somebody has declined to sign",
    },
    "co_signature_expired": {
        "de": "Eine Person hat nicht rechtzeitig unterschrieben",
        "en": "Somebody did not sign in time",
    },
    "signatures_complete": {
        "de": "Die Unterschriften sind abgeschlossen",
        "en": "The signatures are complete",
    },
}
