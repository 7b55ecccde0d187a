"""One request for every route and method that succeeds for whoever may send it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from backend.demo.applications import DECISION, PLAIN
from tests.integration.files.desk import BYTES, TUS, metadata
from tests.integration.files.form_with_files import PROOFS
from tests.integration.sign_in import issuer_url
from tests.integration.town import SLUG

Things = Mapping[str, str]
KEY = {"Idempotency-Key": "tried-by-everybody"}
SEEN = {"If-Match": '"1"'}
UPLOAD = {**TUS, "Upload-Length": "10", "Upload-Metadata": metadata("b.pdf", PROOFS)}
PART = {**TUS, "Upload-Offset": "0", "Content-Type": BYTES, "Content-Length": "5"}
NOBODY_HAS_IT = str(uuid4())


@dataclass(frozen=True, slots=True)
class Call:
    """`arguments` fill the route. `status` is the answer for whoever may; `otherwise`: for some of those

    another one, after permission and condition were passed. `there`: in a town where the body's ids are not.
    """

    arguments: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    otherwise: Mapping[str, int] = field(default_factory=dict)
    there: int = 0

    def path(self, route: str) -> str:
        """The address; route as the access matrix writes it."""
        for name, value in self.arguments.items():
            for kind in ("uuid", "slug", "str"):
                route = route.replace(f"<{kind}:{name}>", value)
        assert "<" not in route, f"tests/security/calls.py: an argument is missing for {route}"
        return f"/api/{route}"

    def content(self) -> dict[str, Any]:
        kind = self.headers.get("Content-Type", "application/json")
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return {"data": b"" if self.body is None else raw, "content_type": kind}

    def with_nothing_there(self) -> Call:
        """The same for things that nobody has."""
        missing = {name: NOBODY_HAS_IT if _is_id(text) else text for name, text in self.arguments.items()}
        return replace(self, arguments=missing)

    @property
    def names_things(self) -> bool:
        return any(map(_is_id, self.arguments.values()))


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _day(offset: int) -> str:
    return (datetime.now(UTC) + timedelta(days=offset)).date().isoformat()


def _away(first: int, last: int) -> dict[str, str]:
    return {"first_day": _day(first), "last_day": _day(last), "deputy_unit": "steueramt"}


def _of(argument: str, thing: str, **more: Any) -> Callable[[Things], Call]:
    return lambda things: Call(arguments={argument: things[thing]}, **more)


def _service(**more: Any) -> Callable[[Things], Call]:
    return lambda _: Call(arguments={"slug": SLUG}, **more)


def _plain(**more: Any) -> Callable[[Things], Call]:
    return lambda _: Call(**more)


def _invited(**more: Any) -> Callable[[Things], Call]:
    return lambda things: Call(
        arguments={"co_signature_id": things["co_signature"]},
        headers={"Co-Signature-Token": things["invitation"]},
        **more,
    )


# Claiming and finishing also needs the role of the task, and having claimed it.
NOT_HERS = {"approver": 409, "deputy": 409}
# She can name a deputy of her own unit only.
OTHERS = ("clerk of another unit", "deputy", "cashier", "configurator", "auditor")
OF_ANOTHER_UNIT = {f"{name}{where}": 422 for name in OTHERS for where in ("", " there")}
CHOICES = {"slug": SLUG, "name": "rassen"}
NEWCOMER = {"issuer": issuer_url(realm="clerks"), "subject": "newcomer", "name": "Neu"}

CALLS: Mapping[str, Mapping[str, Callable[[Things], Call]]] = {
    "v1/services": {"GET": _plain(), "POST": _plain(body={"files": {}}, status=422)},
    "v1/services/<slug:slug>": {"GET": _service()},
    "v1/services/<slug:slug>/form": {"GET": _service()},
    "v1/services/<slug:slug>/code-lists/<str:name>": {"GET": _plain(arguments=CHOICES)},
    "v1/services/<slug:slug>/eligibility": {
        "GET": _service(),
        "POST": _service(body={"answers": {}}),
    },
    "v1/services/<slug:slug>/applications": {
        "POST": _service(body={"answers": PLAIN}, headers=KEY, status=201)
    },
    "v1/services/<slug:slug>/drafts": {"POST": _service(body={"answers": PLAIN}, headers=KEY, status=201)},
    "v1/services/<slug:slug>/prefill-links": {
        "POST": _service(body={"answers": {"person": {"vorname": "Erika"}}}, status=201)
    },
    "v1/drafts": {"GET": _plain()},
    "v1/drafts/<uuid:draft_id>": {
        "GET": _of("draft_id", "draft"),
        "PUT": _of("draft_id", "draft", body={"answers": PLAIN}, headers=SEEN),
        "DELETE": _of("draft_id", "draft", headers=SEEN, status=204),
    },
    "v1/drafts/<uuid:draft_id>/update": {"POST": _of("draft_id", "draft", headers=SEEN)},
    "v1/drafts/<uuid:draft_id>/submit": {"POST": _of("draft_id", "ready", headers=SEEN, status=201)},
    "v1/drafts/<uuid:draft_id>/attachments": {
        "GET": _of("draft_id", "draft"),
        "POST": _of("draft_id", "draft", headers=UPLOAD, status=201),
        "OPTIONS": _of("draft_id", "draft", status=204),
    },
    "v1/attachments/<uuid:attachment_id>": {
        "GET": _of("attachment_id", "stored"),
        "HEAD": _of("attachment_id", "half", headers=TUS),
        "PATCH": _of("attachment_id", "half", body=b"12345", headers=PART, status=204),
        "DELETE": _of("attachment_id", "stored", headers=TUS, status=204),
        "OPTIONS": _of("attachment_id", "stored", status=204),
    },
    "v1/attachments/<uuid:attachment_id>/content": {"GET": _of("attachment_id", "stored")},
    "v1/applications": {"GET": _plain()},
    "v1/applications/<uuid:case_id>": {"GET": _of("case_id", "case")},
    "v1/applications/<uuid:case_id>/messages": {"GET": _of("case_id", "case")},
    "v1/applications/<uuid:case_id>/attachments": {"GET": _of("case_id", "case")},
    # Signed already: from then on the invitation is hers alone.
    "v1/co-signatures/<uuid:co_signature_id>": {"GET": _invited()},
    "v1/co-signatures/<uuid:co_signature_id>/sign": {"POST": _invited()},
    "v1/co-signatures/<uuid:co_signature_id>/decline": {"POST": _invited(status=409)},
    "v1/notices/<uuid:notice_id>/document": {"GET": _of("notice_id", "notice")},
    "v1/guests": {"POST": _plain(body={"email": "new@example.org"}, status=202)},
    "v1/guests/confirm": {
        "POST": lambda things: Call(body={"id": things["pending_guest"], "code": things["code"]}, there=422)
    },
    "v1/guests/codes": {
        "POST": lambda things: Call(
            body={"email": "new@example.org", "reference": things["reference"]}, status=202
        )
    },
    "v1/tasks": {"GET": _plain()},
    "v1/tasks/<uuid:task_id>": {"GET": _of("task_id", "task")},
    "v1/tasks/<uuid:task_id>/claim": {"POST": _of("task_id", "task", otherwise={"approver": 403})},
    "v1/tasks/<uuid:task_id>/release": {"POST": _of("task_id", "claimed", otherwise=NOT_HERS)},
    "v1/tasks/<uuid:task_id>/complete": {
        "POST": _of("task_id", "claimed", body={"result": DECISION}, otherwise=NOT_HERS)
    },
    "v1/cases/<uuid:case_id>": {"GET": _of("case_id", "case")},
    "v1/cases/<uuid:case_id>/attachments": {"GET": _of("case_id", "case")},
    "v1/cases/<uuid:case_id>/attachments/<uuid:file_id>/content": {
        "GET": lambda things: Call(arguments={"case_id": things["case"], "file_id": things["file"]})
    },
    "v1/attention": {"GET": _plain()},
    "v1/attention/<uuid:command_id>/retry": {"POST": _of("command_id", "command", status=202)},
    "v1/units": {"GET": _plain()},
    "v1/units/<slug:key>": {"PUT": _plain(arguments={"key": "bauamt"}, body={"name": "Bauamt"}, status=201)},
    "v1/clerks": {"GET": _plain(), "POST": _plain(body=NEWCOMER, headers=KEY, status=201)},
    "v1/clerks/<uuid:clerk_id>": {
        "GET": _of("clerk_id", "clerk"),
        "PATCH": _of("clerk_id", "clerk", body={"name": "Anders"}, headers=SEEN),
    },
    "v1/clerks/<uuid:clerk_id>/deactivate": {"POST": _of("clerk_id", "clerk", headers=SEEN)},
    "v1/clerks/<uuid:clerk_id>/reactivate": {
        "POST": lambda things: Call(
            arguments={"clerk_id": things["former"]},
            headers={"If-Match": f'"{things["former_revision"]}"'},
        )
    },
    "v1/clerks/<uuid:clerk_id>/absences": {
        "GET": _of("clerk_id", "clerk"),
        "POST": _of("clerk_id", "clerk", body=_away(60, 70), headers=KEY, status=201),
    },
    "v1/me/absences": {
        "GET": _plain(),
        "POST": _plain(body=_away(60, 70), headers=KEY, status=201, otherwise=OF_ANOTHER_UNIT),
    },
    "v1/absences/<uuid:absence_id>": {"PUT": _of("absence_id", "absence", body=_away(30, 41), headers=SEEN)},
    "v1/absences/<uuid:absence_id>/end": {"POST": _of("absence_id", "absence", headers=SEEN)},
    "schema": {"GET": _plain()},
    "docs/": {"GET": _plain()},
}
