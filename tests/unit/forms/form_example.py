"""A dog tax form with everything: rules in chains, a hidden section, a list with rules of its own."""

from __future__ import annotations

from typing import Any

LANGUAGES = ("de", "en")


def titled(german: str, english: str, **keywords: Any) -> dict[str, Any]:
    return {"title": german, "x-texts": {"en": {"title": english}}, **keywords}


def choice(value: object, german: str, english: str) -> dict[str, Any]:
    return titled(german, english, const=value)


def closed(required: list[str], /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def control(path: str, **more: Any) -> dict[str, Any]:
    return {"type": "Control", "scope": "#/properties/" + path.replace(".", "/properties/"), **more}


def rule(effect: str, path: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    scope = control(path)["scope"] if path else "#"
    return {"effect": effect, "condition": {"scope": scope, "schema": schema, **more}}


def group(label: str, english: str, *elements: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "Group",
        "label": label,
        "x-texts": {"en": {"label": english}},
        "elements": list(elements),
        **more,
    }


def column(*elements: Any, **more: Any) -> dict[str, Any]:
    return {"type": "VerticalLayout", "elements": list(elements), **more}


SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        ["art", "plz", "name", "befreit", "grund", "nachweis", "hunde", "adresse"],
        art=titled(
            "Anliegen",
            "Request",
            oneOf=[choice("neu", "Anmeldung", "Registration"), choice("um", "Umzug", "Move")],
        ),
        plz=titled("Postleitzahl", "Postcode", type="string", format="german-postcode"),
        name=titled("Name", "Name", type="string", minLength=1, maxLength=80, format="din-91379-name"),
        geburt=titled("Geburtsdatum", "Date of birth", type="string", format="date"),
        betrag=titled("Betrag", "Amount", type="number", multipleOf=0.01, minimum=0, exclusiveMaximum=1000),
        befreit=titled("Befreiung", "Exemption", type="boolean"),
        grund=titled("Grund", "Reason", type="string"),
        nachweis=titled("Nachweis", "Proof", type="string"),
        kennzeichen={
            "title": "Kennzeichen",
            "type": "string",
            "pattern": "^[A-Z]{1,3}-[A-Z]{1,2} [0-9]{1,4}$",
            "examples": ["LER-AB 123"],
            "x-texts": {"en": {"title": "Plate"}},
        },
        hunde=titled(
            "Hunde",
            "Dogs",
            type="array",
            minItems=1,
            maxItems=5,
            uniqueItems=True,
            items=closed(
                ["name", "rasse"],
                name=titled("Rufname", "Call name", type="string"),
                gefährlich=titled("Gefährlich", "Dangerous", type="boolean"),
                rasse=titled("Rasse", "Breed", type="string"),
            ),
        ),
        adresse={"$ref": "#/$defs/adresse"},
    ),
    "$defs": {
        "adresse": titled(
            "Adresse",
            "Address",
            **closed(
                ["ort"],
                ort=titled("Ort", "Town", type="string"),
                straße=titled("Straße", "Street", type="string"),
            ),
        )
    },
}

UI: dict[str, Any] = column(
    control("art"),
    control("plz"),
    control("name"),
    control("geburt"),
    control("betrag"),
    control("nachweis", rule=rule("SHOW", "grund", {"type": "string", "minLength": 1})),
    control("grund", rule=rule("SHOW", "befreit", {"const": True})),
    control("befreit"),
    control("kennzeichen"),
    control(
        "hunde",
        options={
            "detail": column(
                control("name"),
                control("gefährlich"),
                control("rasse", rule=rule("SHOW", "gefährlich", {"const": True})),
            )
        },
    ),
    group(
        "Neue Adresse",
        "New address",
        control("adresse.ort"),
        control("adresse.straße"),
        rule=rule("HIDE", "art", {"not": {"const": "um"}}),
    ),
)

ANSWERS: dict[str, Any] = {
    "art": "um",
    "plz": "26789",
    "name": "Ödön von Horváth",
    "geburt": "2000-02-29",
    "betrag": 12.5,
    "befreit": True,
    "grund": "Blindenhund",
    "nachweis": "Ausweis",
    "kennzeichen": "LER-AB 12",
    "hunde": [{"name": "Rex", "gefährlich": True, "rasse": "Dogge"}],
    "adresse": {"ort": "Leer", "straße": "Rathausstraße 1"},
}
