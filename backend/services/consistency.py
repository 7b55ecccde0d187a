"""Do the files of a package fit each other? Every name in one file must exist in the other."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from backend.services import manifest as manifests
from backend.services.known_data import check_data
from backend.services.parts import PROCESS, Parts, problem
from forms.definition import FormDefinition
from forms.problems import Problem
from workflows import soundness
from workflows.bpmn_words import ElementKind, EventKind
from workflows.process import Element, ProcessDefinition
from workflows.soundness import Surroundings

ROLES = ("clerk", "approver", "cashier", "configurator", "auditor")
# Commands that make no sense without a letter.
WITH_LETTER = frozenset({"issue-notice"})
# What the engine can run and the check can prove, but no case can wait for yet.
NOT_CARRIED_OUT = frozenset(
    {ElementKind.TIMER, ElementKind.MESSAGE, ElementKind.BOUNDARY, ElementKind.THROW, ElementKind.EVENTS}
)


def check_consistency(*, parts: Parts, commands: AbstractSet[str]) -> list[Problem]:
    """Everything in which two files contradict each other. Parts that could not be read are passed over."""
    problems = list(_recipient(parts))
    if parts.process is not None:
        problems += _sound(parts, parts.process, commands)
        for element in parts.process.elements.values():
            problems += _element(element, parts, parts.process)
            problems += _carried_out(element)
        problems += _unused(parts, parts.process)
        problems += check_data(parts=parts, process=parts.process)
    return problems


def _recipient(parts: Parts) -> Iterator[Problem]:
    if parts.manifest is None or parts.form is None:
        return
    for part, paths in parts.manifest.recipient.paths().items():
        for path in paths:
            if parts.form.root.at(path.split(".")[1:]) is None:
                yield problem(
                    f"{manifests.FILE}:{parts.manifest.places.get(f'recipient.{part}', 'recipient')}",
                    "unknown-recipient-path",
                    f"recipient.{part}: Das Feld „{path}“ gibt es in form.json nicht.",
                    f"recipient.{part}: there is no field “{path}” in form.json.",
                )


def _sound(parts: Parts, process: ProcessDefinition, commands: AbstractSet[str]) -> Iterator[Problem]:
    """The proofs of `workflows.soundness`, with what this package has around its process."""
    surroundings = Surroundings(
        commands=commands,
        decisions={key: table for key, (_, table) in parts.decisions.items()},
        answers=_fields(parts.form) if parts.form else None,
        task_fields={name: _fields(form) for name, form in parts.task_forms.items() if form},
        units=parts.manifest.units if parts.manifest else None,
        automatic_basis=parts.manifest.automatic_decision_basis if parts.manifest else None,
    )
    tables_unread = any(name.endswith(".dmn") for name in parts.unread)
    for found in soundness.check(definition=process, surroundings=surroundings):
        # Names from a table that could not be read would be reported as unknown, one by one.
        if not (tables_unread and found.code in {"unknown-decision", "unknown-name"}):
            yield Problem(where=f"{PROCESS}:{found.where}", code=found.code, text=found.text)


def _fields(form: FormDefinition) -> list[str]:
    return [".".join(path) for path in form.root.leaves() if path]


def _element(element: Element, parts: Parts, process: ProcessDefinition) -> Iterator[Problem]:
    if element in process.user_tasks:
        yield from _user_task(element, parts)
    if element in process.service_tasks:
        yield from _service_task(element, parts)
    if ("labelDe" in element.attributes) != ("labelEn" in element.attributes):
        yield problem(
            f"{PROCESS}:{element.id}",
            "label-in-one-language",
            "lz:labelDe und lz:labelEn gehören zusammen; eines fehlt.",
            "lz:labelDe and lz:labelEn belong together; one is missing.",
        )


def _carried_out(element: Element) -> Iterator[Problem]:
    waits = element.kind is ElementKind.START and element.event is EventKind.TIMER
    if element.kind in NOT_CARRIED_OUT or element.several is not None or waits:
        yield problem(
            f"{PROCESS}:{element.id}",
            "not-carried-out-yet",
            "Ereignisse (Zeit, Nachricht, Fehler am Rand) und mehrfache Aufgaben führt diese Version"
            " noch nicht aus. Bitte nur Aufgaben, Gateways und Teilprozesse verwenden, Fristen mit lz:due.",
            "This version does not carry out events (time, message, on a boundary) and multiple tasks yet."
            " Please use tasks, gateways and sub-processes only, and lz:due for limits.",
        )


def _user_task(element: Element, parts: Parts) -> Iterator[Problem]:
    where, attributes = f"{PROCESS}:{element.id}", element.attributes
    role = attributes.get("role", "clerk")
    if role not in ROLES:
        yield problem(
            where,
            "unknown-role",
            f"Die Rolle „{role}“ gibt es nicht. Möglich: {', '.join(ROLES)}.",
            f"There is no role “{role}”. Possible: {', '.join(ROLES)}.",
        )
    form = attributes.get("form")
    if form is not None and form not in parts.task_forms:
        yield problem(
            where,
            "unknown-form",
            f"Das Formular „{form}“ gibt es nicht; es fehlt tasks/{form}.json.",
            f"There is no form “{form}”; tasks/{form}.json is missing.",
        )
    if element.id in attributes.get("fourEyes", "").split():
        yield problem(
            where,
            "four-eyes-itself",
            "lz:fourEyes nennt die Aufgabe selbst; nach einer Rückgabe dürfte sie niemand mehr erledigen, der"
            " sie schon kennt. Nennen Sie die Aufgabe, die eine andere Person erledigt haben muss.",
            "lz:fourEyes names the task itself; after a return nobody who knows it could do it again."
            " Name the task that another person must have done.",
        )


def _service_task(element: Element, parts: Parts) -> Iterator[Problem]:
    where, command = f"{PROCESS}:{element.id}", element.attributes.get("command", "")
    letter = element.attributes.get("letter")
    if letter is None and command in WITH_LETTER:
        yield problem(
            where,
            "missing-letter",
            "Es fehlt lz:letter: Welcher Brief?",
            "lz:letter is missing: which letter?",
        )
    languages = parts.manifest.languages if parts.manifest and letter is not None else ()
    for language in languages:
        if (letter, language) not in parts.letters:
            yield problem(
                where,
                "unknown-letter",
                f"Der Brief „{letter}“ fehlt in der Sprache {language}: letters/{letter}.{language}.md.",
                f"The letter “{letter}” is missing in language {language}: letters/{letter}.{language}.md.",
            )


def _unused(parts: Parts, process: ProcessDefinition) -> Iterator[Problem]:
    """What nothing refers to is nearly always a misspelt name somewhere else."""

    def used(attribute: str) -> set[str | None]:
        return {element.attributes.get(attribute) for element in process.elements.values()}

    languages = parts.manifest.languages if parts.manifest else manifests.KNOWN_LANGUAGES
    for name, language in parts.letters:
        if name not in used("letter") or language not in languages:
            yield _unused_file(f"letters/{name}.{language}.md")
    for name in parts.task_forms:
        if name not in used("form"):
            yield _unused_file(f"tasks/{name}.json")
    before = parts.manifest.eligibility if parts.manifest else None
    unknown = parts.manifest is None and parts.eligibility_form is not None
    asked = used("decision") | {before}
    tables = [table for key, (_, table) in parts.decisions.items() if key in asked]
    asked |= {inner.id for table in tables for inner in table.family}
    for key, (name, _) in parts.decisions.items() if not unknown else ():
        if key not in asked:
            yield problem(
                f"{name}:{key}",
                "unused-decision",
                f"Kein Schritt in {PROCESS} fragt nach der Entscheidung „{key}“.",
                f"No step in {PROCESS} asks for the decision “{key}”.",
            )


def _unused_file(name: str) -> Problem:
    return problem(
        name,
        "unused-file",
        f"Kein Schritt in {PROCESS} verwendet diese Datei, oder service.toml nennt ihre Sprache nicht.",
        f"No step in {PROCESS} uses this file, or service.toml does not name its language.",
    )
