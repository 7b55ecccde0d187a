"""Decision tables for tests: builders that write DMN 1.3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def text(tag: str, content: str) -> str:
    return f"<{tag}><text>{escape(content)}</text></{tag}>"


def dmn(
    rules: Sequence[Sequence[str]],
    *,
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ("y",),
    policy: str | None = "UNIQUE",
    defaults: Sequence[str] = (),
    extra: str = "",
    before: str = "",
    namespace: str = NAMESPACE,
    **options: Any,
) -> bytes:
    """One decision `fee`; each rule holds its input cells, then its output cells.

    `options`: `attributes` of the file, and those of `decision`.
    """
    attributes = options.pop("attributes", "")
    one = decision(rules, inputs, outputs, policy, defaults=defaults, extra=extra, **options)
    return f'<definitions xmlns="{namespace}"{attributes}>{before}{one}</definitions>'.encode()


def decision(
    rules: Sequence[Sequence[str]],
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ("y",),
    policy: str | None = "UNIQUE",
    *,
    defaults: Sequence[str] = (),
    extra: str = "",
    key: str = "fee",
    name: str = "Gebühr",
    aggregation: str | None = None,
    input_values: Sequence[str] = (),
    output_values: Sequence[str] = (),
    types: Sequence[str] = (),
) -> str:
    columns = ""
    for number, each in enumerate(inputs):
        declared = f' typeRef="{types[number]}"' if number < len(types) else ""
        asked = f"<inputExpression{declared}><text>{escape(each)}</text></inputExpression>"
        columns += (
            f'<input label="{escape(each)}">{asked}{allowed("inputValues", input_values, number)}</input>'
        )
    for number, each in enumerate(outputs):
        default = text("defaultOutputEntry", defaults[number]) if number < len(defaults) else ""
        listed = allowed("outputValues", output_values, number)
        columns += f"<output{f' name={quoteattr(each)}' if each else ''}>{listed}{default}</output>"
    for number, cells in enumerate(rules, 1):
        split = len(inputs)
        tests = "".join(text("inputEntry", cell) for cell in cells[:split])
        results = "".join(text("outputEntry", cell) for cell in cells[split:])
        columns += f'<rule id="r{number}">{tests}{results}</rule>'
    hit = "" if policy is None else f' hitPolicy="{policy}"'
    hit += "" if aggregation is None else f' aggregation="{aggregation}"'
    return (
        f'<decision id="{key}" name={quoteattr(name)}>{extra}'
        f"<decisionTable{hit}>{columns}</decisionTable></decision>"
    )


def allowed(tag: str, values: Sequence[str], number: int) -> str:
    return text(tag, values[number]) if number < len(values) and values[number] else ""


def requires(*keys: str) -> str:
    return "".join(
        f'<informationRequirement><requiredDecision href="{key}"/></informationRequirement>' for key in keys
    )
