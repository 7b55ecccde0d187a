"""`x-date` holds wherever somebody answers: applications, drafts, links, tasks, questions before the form."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from backend.cases.operations.submission import InvalidAnswers
from backend.cases.operations.tasks import complete
from backend.demo.applications import DECISION, PLAIN
from backend.services.package import Package
from tests.integration.api.test_forms import ELIGIBILITY, EXAMPLES, QUESTIONS, TABLE
from tests.integration.door import problem
from tests.integration.drafts.desk import LINKS, add, answered, begun, changed_form, in_force, save, submit

DAY: dict[str, Any] = {"type": "string", "format": "date", "x-date": {"not-after": "today"}}
TITLED = {"title": "Seit wann?", "x-texts": {"en": {"title": "Since when?"}}}


def in_days(days: int) -> str:
    return (localdate(datetime.now(UTC)) + timedelta(days=days)).isoformat()


def since(days: int) -> dict[str, Any]:
    return answered(hund={**PLAIN["hund"], "seit": in_days(days)})


def codes(errors: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in errors]


@pytest.fixture
def limited(published):
    """The dog tax asks for days that may not lie in the future: citizens, clerks, and before the form."""
    texts = changed_form(add("hund", "seit", **DAY)).texts()
    task = json.loads(texts["tasks/pruefung.json"])
    task["properties"]["seit"] = {**TITLED, **DAY}
    asked = {**QUESTIONS, "properties": {**QUESTIONS["properties"], "seit": {**TITLED, **DAY}}}
    texts |= {
        "tasks/pruefung.json": json.dumps(task),
        "eligibility.json": json.dumps(asked),
        "moeglich.dmn": TABLE,
        "service.toml": texts["service.toml"] + '\n[eligibility]\ndecision = "moeglich"\n',
        "scenarios.toml": texts["scenarios.toml"] + EXAMPLES,
    }
    in_force(published, Package.of_texts(texts=texts), number=2)
    return published


LATE = [("/hund/seit", "date-too-late")]


def test_an_application(citizen, limited):
    refused = problem(citizen().submit(since(1)), 422, "invalid-answers")
    assert codes(refused["errors"]) == LATE
    assert citizen().submit(since(0)).status_code == 201


def test_a_draft(citizen, limited):
    erika = citizen()
    draft = begun(erika, since(1))
    assert (codes(draft["problems"]), draft["complete"]) == (LATE, False)
    assert codes(erika.get(f"/api/v1/drafts/{draft['id']}").json()["problems"]) == LATE
    assert codes(problem(submit(erika, draft), 422, "invalid-answers")["errors"]) == LATE
    saved = save(erika, draft, since(0)).json()
    assert (saved["problems"], submit(erika, saved).status_code) == ([], 201)


def test_a_prefill_link(clerk, limited):
    refused = problem(clerk("anna").post(LINKS, {"answers": since(1)}), 422, "invalid-answers")
    assert codes(refused["errors"]) == LATE
    assert clerk("anna").post(LINKS, {"answers": since(0)}).status_code == 201


def test_the_questions_before_the_form(nobody, limited):
    def ask(days: int) -> Any:
        return nobody.post(ELIGIBILITY, {"answers": {"wohnort": "hier", "seit": in_days(days)}})

    refused = problem(ask(1), 422, "invalid-answers")
    assert codes(refused["errors"]) == [("/seit", "date-too-late")]
    assert ask(0).json()["eligible"] is True


def test_the_form_of_a_task(limited):
    limited.submit()
    limited.work(kinds={"advance"})

    def day(days: int) -> str:
        return (localdate(limited.now) + timedelta(days=days)).isoformat()

    with pytest.raises(InvalidAnswers) as refused:
        limited.do("clara", "pruefung", {**DECISION, "seit": day(1)})
    assert [(each.where, each.code) for each in refused.value.problems] == [("/seit", "date-too-late")]
    (task,) = limited.tasks(element="pruefung")
    result = {**DECISION, "seit": day(0)}
    clara = limited.clerks["clara"]
    done = complete(authority_id=limited.id, clerk=clara, task_id=task.id, result=result, now=limited.now)
    assert done.status == "done"
