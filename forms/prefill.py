"""Answers that are known before anybody types: what a sign-in says about a person, put into a form.

A question says with `x-prefill` which attribute of the person it asks for. What does not fit the question
exactly is left out: a wrong value filled in beforehand is worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from forms.conditions import Place
from forms.definition import FormDefinition
from forms.filling import ENTRY
from forms.person import ATTRIBUTES, KEYWORD, Attributes
from forms.pointers import pointer
from forms.validator import compile_schema


def prefill(*, form: FormDefinition, attributes: Attributes) -> Mapping[str, Any]:
    """JSON pointer → value for every question whose attribute is known and fits it.

    `attributes` by the names of OpenID Connect (`birthdate`, `address.postal_code` …) or by ours. Questions
    in lists and those the server answers itself get none.
    """
    found: dict[str, Any] = {}
    for place, question in form.root.places():
        name = question.keywords.get(KEYWORD)
        if name is None or ENTRY in place or place in form.server_set:
            continue
        value = ATTRIBUTES[name].find(attributes)
        if value is not None and _validator(form, place).is_valid(value):
            found[pointer(place)] = value
    return found


# Compiling costs more than all the rest, and every submission asks. A form is compared by identity.
@lru_cache(maxsize=1024)
def _validator(form: FormDefinition, place: Place) -> jsonschema_rs.Draft202012Validator:
    """What a value for one question has to fit."""
    question = form.root.at(place)
    keywords = question.keywords if question is not None else {}
    return compile_schema({**keywords, "$defs": form.schema.get("$defs", {})}, form.code_lists)
