"""A package read into usable parts: the one place that knows which file becomes what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, TypeVar

from backend.services import manifest as manifests
from backend.services import scenarios as examples
from backend.services.consistency import check_consistency
from backend.services.eligibility_check import FORM as ELIGIBILITY_FORM
from backend.services.eligibility_check import EligibilityCheck, Example, check_eligibility, read_examples
from backend.services.manifest import Manifest, read_manifest
from backend.services.package import Package, PackageProblems
from backend.services.parts import PROCESS, Parts, problem
from backend.services.scenarios import Scenario, read_scenarios
from forms.codelists import CodeList, read_code_list
from forms.definition import FormDefinition, read_form
from forms.documents import read_json
from forms.problems import Problem, Problems
from signing.markup import LetterText, compile_letter
from workflows.decisions import read_decisions
from workflows.expressions import Expression, compile_expression
from workflows.process import ProcessDefinition, read_process
from workflows.tables import DecisionTable

COMMANDS = frozenset({"issue-notice"})

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class CompiledService:
    """A service ready to use; immutable, safe to share between threads.

    `letters[name][language]`, `task_forms[name]`; `decisions` by DMN decision id, of all files together.
    """

    content_hash: str
    manifest: Manifest
    form: FormDefinition
    process: ProcessDefinition
    decisions: Mapping[str, DecisionTable]
    letters: Mapping[str, Mapping[str, LetterText]]
    task_forms: Mapping[str, FormDefinition]
    scenarios: tuple[Scenario, ...]
    eligibility: EligibilityCheck | None = None


def compile_package(*, package: Package, commands: AbstractSet[str] = COMMANDS) -> CompiledService:
    """Read every file and check that the files fit each other. Plays no scenario (see `rehearsal`).

    `commands` are the commands that `workflows.effects` can carry out. Raises `PackageProblems` with
    everything that is wrong in every file; `where` is `file:place`.
    """
    read = _Reader(package)
    manifest = read.part(manifests.FILE, lambda content: read_manifest(content=content))
    languages = manifest.languages if manifest else manifests.KNOWN_LANGUAGES
    scenarios = read.part(examples.FILE, lambda content: read_scenarios(content=content))
    before = (
        read.part(examples.FILE, lambda content: read_examples(content=content)) if scenarios else None
    ) or ()
    parts = Parts(
        manifest=manifest,
        form=read.form(languages),
        process=read.part(PROCESS, lambda content: read_process(xml=content)),
        decisions=read.decisions(),
        letters=read.letters(),
        task_forms=read.task_forms(languages),
        eligibility_form=read.eligibility_form(languages),
        unread=frozenset(read.unread),
    )
    problems = [
        *read.problems,
        *check_consistency(parts=parts, commands=commands),
        *check_eligibility(parts=parts, examples=before),
    ]
    if problems or not (parts.manifest and parts.form and parts.process and scenarios):
        raise PackageProblems(problems)
    return CompiledService(
        content_hash=package.content_hash,
        manifest=parts.manifest,
        form=parts.form,
        process=parts.process,
        decisions=MappingProxyType({key: table for key, (_, table) in parts.decisions.items()}),
        letters=_by_name(parts.letters),
        task_forms=MappingProxyType({name: form for name, form in parts.task_forms.items() if form}),
        scenarios=scenarios,
        eligibility=_eligibility(parts, before),
    )


def formula(source: str) -> Expression:
    """Compile the expression of a calculated field; `forms` itself does not know the language."""
    return compile_expression(source=source)


def _eligibility(parts: Parts, before: tuple[Example, ...]) -> EligibilityCheck | None:
    """The check before the form, of parts that were found sound."""
    if parts.eligibility_form is None or parts.manifest is None or parts.manifest.eligibility is None:
        return None
    _, table = parts.decisions[parts.manifest.eligibility]
    return EligibilityCheck(form=parts.eligibility_form, decision=table, examples=before)


def _by_name(
    letters: Mapping[tuple[str, str], LetterText | None],
) -> Mapping[str, Mapping[str, LetterText]]:
    found: dict[str, dict[str, LetterText]] = {}
    for (name, language), letter in letters.items():
        if letter:
            found.setdefault(name, {})[language] = letter
    return MappingProxyType({name: MappingProxyType(texts) for name, texts in found.items()})


class _Reader:
    """Reads the files of a package one by one and collects what is wrong; a broken part is None."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.problems: list[Problem] = []
        self.unread: set[str] = set()
        self.code_lists = self._code_lists()

    def part(self, name: str, read: Callable[[bytes], Read]) -> Read | None:
        try:
            return read(self.package.files[name])
        except PackageProblems as error:
            self.problems += error.problems
        except Problems as error:
            self.problems += [in_file(name, each) for each in error.problems]
        self.unread.add(name)
        return None

    def form(self, languages: tuple[str, ...]) -> FormDefinition | None:
        schema = self.part("form.json", _json_object)
        layout = self.part("form.ui.json", _json_object)
        if schema is None or layout is None:
            return None
        try:
            return read_form(
                schema=schema,
                ui=layout,
                languages=languages,
                compile_formula=formula,
                code_lists=self.code_lists,
            )
        except Problems as error:
            self.problems += [_with_own_file(each) for each in error.problems]
        return None

    def task_forms(self, languages: tuple[str, ...]) -> dict[str, FormDefinition | None]:
        names = self.package.names("tasks/*.json")
        return {PurePosixPath(name).stem: self.plain_form(name, languages) for name in names}

    def eligibility_form(self, languages: tuple[str, ...]) -> FormDefinition | None:
        present = ELIGIBILITY_FORM in self.package.files
        return self.plain_form(ELIGIBILITY_FORM, languages) if present else None

    def plain_form(self, name: str, languages: tuple[str, ...]) -> FormDefinition | None:
        """A form whose layout the renderer makes itself."""

        def read(content: bytes) -> FormDefinition:
            return read_form(
                schema=_json_object(content),
                ui=None,
                languages=languages,
                schema_file="",
                compile_formula=formula,
                code_lists=self.code_lists,
            )

        return self.part(name, read)

    def _code_lists(self) -> dict[str, CodeList]:
        def read(content: bytes) -> CodeList:
            return read_code_list(value=_json_object(content))

        names = self.package.names("codelists/*.json")
        found = {PurePosixPath(name).stem: self.part(name, read) for name in names}
        return {name: each for name, each in found.items() if each is not None}

    def letters(self) -> dict[tuple[str, str], LetterText | None]:
        return {
            _letter_key(name): self.part(name, lambda content: compile_letter(source=content.decode()))
            for name in self.package.names("letters/*.md")
        }

    def decisions(self) -> dict[str, tuple[str, DecisionTable]]:
        """Decision id → (file, table)."""
        found: dict[str, tuple[str, DecisionTable]] = {}
        for name in self.package.names("*.dmn"):
            tables = self.part(name, lambda content: read_decisions(xml=content))
            for key, table in (tables or {}).items():
                if key in found:
                    self.problems.append(_twice(name, key, found[key][0]))
                found[key] = (name, table)
        return found


def _letter_key(name: str) -> tuple[str, str]:
    letter, language = PurePosixPath(name).name.removesuffix(".md").rsplit(".", 1)
    return letter, language


def _json_object(content: bytes) -> Mapping[str, Any]:
    value = read_json(content)
    if isinstance(value, Mapping):
        return value
    raise Problems(
        [
            problem(
                "line 1",
                "not-an-object",
                "Die Datei muss ein JSON-Objekt enthalten: { … }.",
                "The file must hold a JSON object: { … }.",
            )
        ]
    )


def in_file(name: str, found: Problem) -> Problem:
    """The same problem with `where` as `file:place`."""
    place = found.where.removeprefix("#")
    return Problem(where=f"{name}:{place}" if place else name, code=found.code, text=found.text)


def _with_own_file(found: Problem) -> Problem:
    name, _, pointer = found.where.partition("#")
    return in_file(name, Problem(where=pointer, code=found.code, text=found.text))


def _twice(name: str, key: str, other: str) -> Problem:
    return problem(
        f"{name}:{key}",
        "decision-twice",
        f"Die Entscheidung „{key}“ gibt es auch in {other}. Geben Sie einer von beiden eine andere Kennung.",
        f"The decision “{key}” is also in {other}. Give one of them another id.",
    )
