"""A JSON Schema made ready to judge answers: jsonschema-rs with our formats, in linear time, offline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from forms.codelists import CodeList
from forms.datatypes import DATATYPES

CODE_LIST = "x-codelist"


class _Format:
    """The keyword `format`, for values of every kind: the library itself would only ask it about texts."""

    def __init__(self, _parent: Any, value: str, _path: Any) -> None:
        self.name, self.kind = value, DATATYPES[value]

    def validate(self, instance: Any) -> None:
        if not self.kind.fits(instance):
            raise ValueError(self.name)


def _listed(code_lists: Mapping[str, CodeList]) -> type:
    """The keyword `x-codelist`: a text is a code of the list of that name."""

    class Listed:
        def __init__(self, _parent: Any, value: str, _path: Any) -> None:
            self.codes = code_lists[value]

        def validate(self, instance: Any) -> None:
            if isinstance(instance, str) and instance not in self.codes:
                raise ValueError(CODE_LIST)

    return Listed


def compile_schema(
    schema: Any, code_lists: Mapping[str, CodeList] | None = None
) -> jsonschema_rs.Draft202012Validator:
    """A validator with our formats, a regular expression engine in linear time, and no network.

    `code_lists` by name, for the keyword `x-codelist`; without any, that keyword means nothing.
    In an error of kind `format`, `kind.value` is the format's name. Raises ValueError for what
    `schema_checks` refuses: patterns beyond linear time, formats that do not exist.
    """
    return jsonschema_rs.Draft202012Validator(
        schema,
        keywords={"format": _Format, **({CODE_LIST: _listed(code_lists)} if code_lists else {})},
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )
