"""Two towns with everything a route can ask for: drafts, files, cases, notices, tasks, absences, a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from backend.authorities.absences import AbsenceWish, Declarer, declare
from backend.cases.invitations import person_of
from backend.cases.models import CoSignature
from backend.cases.operations.staff import deactivate
from backend.demo.applications import DECISION, PLAIN
from backend.keys.queries import data_key
from backend.tenancy import acting_for
from tests.integration.database import ops
from tests.integration.door import Caller
from tests.integration.files.desk import BYTES, TUS, metadata, pdf
from tests.integration.files.form_with_files import PICTURE, PROOFS
from tests.integration.guests import ASK, CONFIRM, code_of, new_address
from tests.integration.sign_in import AUDIENCES, crafted_token, issuer_url
from tests.integration.town import SLUG, TestTown
from tests.security.machines import MachineIssuers
from tests.security.offered import open_package

UNIT = "steueramt"
STAFF: Mapping[str, tuple[str, str]] = {
    "clerk": (UNIT, "clerk"),
    "clerk of another unit": ("ordnungsamt", "clerk"),
    "deputy": ("ordnungsamt", "clerk"),
    "approver": (UNIT, "approver"),
    "cashier": ("it", "cashier"),
    "configurator": ("it", "configurator"),
    "auditor": ("it", "auditor"),
}


@dataclass(slots=True)
class Place:
    """One town. The tokens of its people, and the ids of its things by owner."""

    town: TestTown
    machines: MachineIssuers
    realm: str
    citizen: str = ""
    other_citizen: str = ""
    guest: str = ""
    other_guest: str = ""
    staff: dict[str, str] = field(default_factory=dict)
    things: dict[str, dict[str, str]] = field(default_factory=dict)

    def caller(self, token: str | None = None) -> Caller:
        return Caller(host=str(self.town.authority.host), token=token)

    def machine(self, scopes: frozenset[str]) -> str:
        return self.machines.token(realm=self.realm, scopes=scopes)


@dataclass(slots=True)
class World:
    """`here` is the town whose things everybody asks for; `there` is another one, built alike."""

    here: Place
    there: Place
    machines: MachineIssuers

    @classmethod
    def found(cls, *, machines: MachineIssuers) -> World:
        return cls(_place("here", machines), _place("there", machines), machines)


def _place(realm: str, machines: MachineIssuers) -> Place:
    town = TestTown.found(now=datetime.now(UTC))
    machines.trust(realm=realm, authority=town.authority.slug)
    town.publish(open_package())
    place = Place(town=town, machines=machines, realm=realm)
    place.citizen, place.other_citizen = (crafted_token(sub=f"{name}.{realm}") for name in ("erika", "paul"))
    mailbox = new_address()
    place.guest, place.other_guest = _guest(place, mailbox), _guest(place, new_address())
    for name, membership in STAFF.items():
        place.staff[name] = _employed(town, f"{name}.{realm}", membership)
    common = {**_of_the_office(place), **_waiting(place)}
    for owner, token in (("citizen", place.citizen), ("guest", place.guest)):
        caller = place.caller(token)
        own = {**_of_an_applicant(place, caller), **_co_signed(place, caller, mailbox)}
        place.things[owner] = {**common, **own}
    place.things["clerk"] = common
    return place


def _employed(town: TestTown, account: str, membership: tuple[str, str]) -> str:
    town.employ(account, person=account, memberships=[membership])
    # Any account of the clerks' issuer, signed by its own key: one that no other town employs.
    return crafted_token(iss=issuer_url(realm="clerks"), aud=AUDIENCES["clerks"], sub=account)


def _guest(place: Place, address: str) -> str:
    guest_id, code = _asked(place, address)
    confirmed = place.caller().post(CONFIRM, {"id": guest_id, "code": code})
    return f"guest.{_ok(confirmed)['status_code']}"


def _asked(place: Place, address: str) -> tuple[str, str]:
    """The id of a request to be a guest and its code, as if the mail had left."""
    guest_id = str(_ok(place.caller().post(ASK, {"email": address}))["id"])
    ops("update guest set mailed_at = now() where id = %s", guest_id)
    return guest_id, code_of(place.town, guest_id)


def _of_an_applicant(place: Place, caller: Caller) -> dict[str, str]:
    """Drafts and a finished case of one applicant."""
    town = place.town
    draft, ready, sent = (_draft(caller) for _ in range(3))
    stored, file = _upload(caller, draft), _upload(caller, sent)
    half = _begun(caller, draft, length=10)
    town.work(kinds={"inspect-file"})
    # Who may fetch a file does not depend on a scanner: without one on this machine its word is put in.
    ops("update attachment set status = 'stored' where status = 'unscanned' and authority_id = %s", town.id)
    case = _sent(caller, sent, file)
    town.work(kinds={"advance"})
    (task,) = town.tasks(case_id=case)
    clerk = place.caller(place.staff["clerk"])
    _ok(clerk.claim(task.id))
    _ok(clerk.complete(task.id, DECISION))
    town.work(kinds={"advance", "issue-notice"})
    (message,) = caller.get(f"/api/v1/applications/{case}/messages").json()
    (listed,) = caller.get(f"/api/v1/applications/{case}/attachments").json()
    assert listed["status"] == "stored", listed
    return {
        "draft": draft,
        "ready": ready,
        "stored": stored,
        "half": half,
        "case": case,
        "file": file,
        "notice": message["notice"]["id"],
    }


def _co_signed(place: Place, caller: Caller, mailbox: str) -> dict[str, str]:
    """Somebody else's application that this one was asked to sign and has signed, with what the mail said."""
    signer = {"name": "Max Mustermann", "email": mailbox}
    case = _ok(place.caller(place.other_citizen).submit(co_signers=[signer]))["id"]
    with acting_for(authority_id=place.town.id):
        row = CoSignature.objects.get(case_id=case)
        token = str(person_of(row=row, key=data_key(owner_id=row.case_id))["token"])
    _ok(caller.post(f"/api/v1/co-signatures/{row.id}/sign", None, **{"Co-Signature-Token": token}))
    return {"co_signature": str(row.id), "invitation": token}


def _draft(caller: Caller) -> str:
    begun = caller.post(
        f"/api/v1/services/{SLUG}/drafts", {"answers": PLAIN}, **{"Idempotency-Key": uuid4().hex}
    )
    return str(_ok(begun)["id"])


def _sent(caller: Caller, draft: str, file: str) -> str:
    """The id of the case that comes of a draft with this file as its answer."""
    answers = {**PLAIN, "hund": {**PLAIN["hund"], "bild": file}}
    body = json.dumps({"answers": answers}).encode()
    seen = {"If-Match": '"1"'}
    saved = caller.call(
        "PUT", f"/api/v1/drafts/{draft}", data=body, content_type="application/json", headers=seen
    )
    return str(_ok(caller.post(f"/api/v1/drafts/{draft}/submit", None, **{"If-Match": saved["ETag"]}))["id"])


def _upload(caller: Caller, draft: str) -> str:
    content = pdf()
    return _begun(caller, draft, length=len(content), body=content)


def _begun(caller: Caller, draft: str, *, length: int, body: bytes = b"") -> str:
    field_of_form = PICTURE if body else PROOFS
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata("a.pdf", field_of_form)}
    answer = caller.call(
        "POST",
        f"/api/v1/drafts/{draft}/attachments",
        data=body,
        content_type=BYTES if body else "application/octet-stream",
        headers=headers,
    )
    assert answer.status_code == 201, answer.content
    return str(answer["Location"]).rpartition("/")[2]


def _waiting(place: Place) -> dict[str, str]:
    """A case of the citizen with an open task, and one with a task that the clerk has claimed."""
    town, citizen = place.town, place.caller(place.citizen)
    open_case, claimed_case = (_ok(citizen.submit())["id"] for _ in range(2))
    town.work(kinds={"advance"})
    (open_task,), (claimed,) = town.tasks(case_id=open_case), town.tasks(case_id=claimed_case)
    _ok(place.caller(place.staff["clerk"]).claim(claimed.id))
    command = town.commands(case_id=open_case, kind="send-mail")[0].id
    ops("update command set status = 'failed', reason = 'refused' where id = %s", command)
    return {
        "open_case": open_case,
        "task": str(open_task.id),
        "claimed": str(claimed.id),
        "command": str(command),
        "reference": town.case(open_case).reference,
    }


def _of_the_office(place: Place) -> dict[str, str]:
    """Accounts and absences; the deputy stands in today for a colleague of the clerk."""
    town, now = place.town, place.town.now
    ids = {name: str(town.clerks[f"{name}.{place.realm}"].id) for name in STAFF}
    for name in ("carl", "former"):
        town.employ(f"{name}.{place.realm}", person=name, memberships=[(UNIT, "clerk")])
    former = town.clerks[f"former.{place.realm}"].id
    done = deactivate(authority_id=town.id, clerk_id=former, revision=1, actor="operator", now=now)
    town.send_away(f"carl.{place.realm}", deputy=f"deputy.{place.realm}")
    wish = AbsenceWish(
        first_day=(now + timedelta(days=30)).date(),
        last_day=(now + timedelta(days=40)).date(),
        deputy_unit=UNIT,
    )
    absence = declare(
        authority_id=town.id,
        clerk_id=town.clerks[f"clerk.{place.realm}"].id,
        wish=wish,
        by=Declarer(actor="operator"),
        idempotency_key=uuid4().hex,
        now=now,
    ).absence
    pending, code = _asked(place, new_address())
    return {
        "clerk": ids["clerk"],
        "former": str(former),
        "former_revision": str(done.clerk.revision),
        "absence": str(absence.id),
        "pending_guest": pending,
        "code": code,
    }


def _ok(answer: Any) -> dict[str, Any]:
    assert answer.status_code < 300, answer.content
    return dict(answer.json())
