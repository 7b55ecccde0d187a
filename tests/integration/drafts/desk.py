"""What people do with drafts, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from uuid import uuid4

from django.http import HttpResponse

from backend.demo.applications import PLAIN
from backend.services.models import ServiceVersion
from backend.services.package import Package
from backend.tenancy import acting_for
from tests.integration.door import Caller
from tests.integration.town import PACKAGE, SLUG, TestTown

BEGIN = f"/api/v1/services/{SLUG}/drafts"
LINKS = f"/api/v1/services/{SLUG}/prefill-links"
HALF: dict[str, Any] = {"person": {"vorname": "Erika", "nachname": "Mustermann"}}


def begin(who: Caller, answers: Any = None, *, key: str | None = None, **more: Any) -> HttpResponse:
    body = {"answers": HALF if answers is None else answers, **more}
    return who.post(BEGIN, body, **{"Idempotency-Key": key or uuid4().hex})


def begun(who: Caller, answers: Any = None, **more: Any) -> dict[str, Any]:
    answer = begin(who, answers, **more)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def look(who: Caller, draft: dict[str, Any]) -> dict[str, Any]:
    answer = who.get(f"/api/v1/drafts/{draft['id']}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def save(who: Caller, draft: dict[str, Any], answers: Any, *, revision: int | None = None) -> HttpResponse:
    return who.call(
        "PUT",
        f"/api/v1/drafts/{draft['id']}",
        data=json.dumps({"answers": answers}).encode(),
        content_type="application/json",
        headers=seen(draft, revision),
    )


def submit(who: Caller, draft: dict[str, Any], *, revision: int | None = None) -> HttpResponse:
    return who.post(f"/api/v1/drafts/{draft['id']}/submit", **seen(draft, revision))


def update(who: Caller, draft: dict[str, Any], *, revision: int | None = None) -> HttpResponse:
    return who.post(f"/api/v1/drafts/{draft['id']}/update", **seen(draft, revision))


def discard(who: Caller, draft: dict[str, Any], **headers: str) -> HttpResponse:
    return who.call("DELETE", f"/api/v1/drafts/{draft['id']}", headers=headers)


def seen(draft: dict[str, Any], revision: int | None = None) -> dict[str, str]:
    return {"If-Match": f'"{draft["revision"] if revision is None else revision}"'}


def answered(**changed: Any) -> dict[str, Any]:
    """Complete answers, differing in whole groups."""
    return deepcopy({**PLAIN, **changed})


def changed_form(*changes: Callable[[dict[str, Any], dict[str, Any]], None]) -> Package:
    """The dog tax with another form: each change gets the JSON Schema and the UI schema."""
    texts = PACKAGE.texts()
    schema, ui = json.loads(texts["form.json"]), json.loads(texts["form.ui.json"])
    for change in changes:
        change(schema, ui)
    written = {"form.json": schema, "form.ui.json": ui}
    return Package.of_texts(
        texts=texts | {name: json.dumps(content, ensure_ascii=False) for name, content in written.items()}
    )


def add(group: str, name: str, *, required: bool = False, **keywords: Any) -> Any:
    """A change of the form: one more question, asked on the last page."""
    titled = {"title": name.title(), "x-texts": {"en": {"title": name.title()}}}

    def change(schema: dict[str, Any], ui: dict[str, Any]) -> None:
        holder = schema["properties"][group]
        holder["properties"][name] = {**titled, **keywords}
        if required:
            holder["required"].append(name)
        control = {"type": "Control", "scope": f"#/properties/{group}/properties/{name}"}
        ui["elements"][-1]["elements"].append(control)

    return change


def remove(group: str, name: str) -> Any:
    """A change of the form: a question that is asked no more."""

    def change(schema: dict[str, Any], ui: dict[str, Any]) -> None:
        holder = schema["properties"][group]
        del holder["properties"][name]
        holder["required"] = [each for each in holder["required"] if each != name]
        _take_out(ui, f"#/properties/{group}/properties/{name}")

    return change


def _take_out(element: dict[str, Any], scope: str) -> None:
    inner = [each for each in element.get("elements", []) if each.get("scope") != scope]
    if "elements" in element:
        element["elements"] = inner
    for each in inner:
        _take_out(each, scope)


def in_force(town: TestTown, package: Package, *, number: int) -> ServiceVersion:
    """The next version, past the check before publishing: it would play scenarios that do not matter here."""
    with acting_for(authority_id=town.id):
        return ServiceVersion.objects.create(
            authority_id=town.id,
            slug=SLUG,
            number=number,
            content_hash=package.content_hash,
            files=package.texts(),
            published_at=town.now,
        )
