"""Decision tables for tests: a builder that writes DMN 1.3."""

from __future__ import annotations

from collections.abc import Sequence
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
) -> bytes:
    """One decision `fee`; each rule holds its input cells, then its output cells."""
    columns = "".join(
        f'<input label="{escape(each)}">{text("inputExpression", each)}</input>' for each in inputs
    )
    for number, each in enumerate(outputs):
        default = text("defaultOutputEntry", defaults[number]) if number < len(defaults) else ""
        columns += f"<output{f' name={quoteattr(each)}' if each else ''}>{default}</output>"
    for number, cells in enumerate(rules, 1):
        split = len(inputs)
        tests = "".join(text("inputEntry", cell) for cell in cells[:split])
        results = "".join(text("outputEntry", cell) for cell in cells[split:])
        columns += f'<rule id="r{number}">{tests}{results}</rule>'
    hit = "" if policy is None else f' hitPolicy="{policy}"'
    return (
        f'<definitions xmlns="{namespace}">{before}<decision id="fee" name="Gebühr">{extra}'
        f"<decisionTable{hit}>{columns}</decisionTable></decision></definitions>"
    ).encode()
