"""The access matrix: who may call which address, and under which condition. Everything else is closed.

This table is enforced (`permissions.ByMatrix`), written out as docs/reference/access.md, and tried row by row
in tests/security. The condition of a row is enforced where the thing is fetched (`cases.access`,
`drafts.access` …): what is not theirs looks like what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.authorities.queries import ClerkAccount
from backend.identity.principals import Citizen, Guest, Machine


class Role(StrEnum):
    """What somebody is to the API; a clerk is `clerk`, and also what her memberships say."""

    NOBODY = "nobody"
    GUEST = "guest"
    CITIZEN = "citizen"
    CLERK = "clerk"
    APPROVER = "approver"
    CASHIER = "cashier"
    CONFIGURATOR = "configurator"
    AUDITOR = "auditor"
    MACHINE = "machine"


class Condition(StrEnum):
    """What must hold besides the role."""

    NONE = "none"
    OWN = "own"
    OWN_UNLESS_STAFFING = "own-unless-staffing"
    UNIT = "unit"
    CASE = "case"


# How the documentation says it.
CONDITIONS: Mapping[Condition, str] = {
    Condition.NONE: "",
    Condition.OWN: "only what is her own",
    Condition.OWN_UNLESS_STAFFING: "only what is her own; a configurator, a machine with scope: anybody's",
    Condition.UNIT: "only tasks of her units and roles, or of somebody she stands in for",
    Condition.CASE: "only cases in which her units have or had a task; an auditor, a machine with scope: all",
}


@dataclass(frozen=True, slots=True)
class Access:
    """One cell of the matrix. A machine needs `scope`; without one it is not let in."""

    roles: frozenset[Role]
    condition: Condition = Condition.NONE
    scope: str = ""


PUBLIC = Access(frozenset(Role))
APPLICANT = Access(frozenset({Role.CITIZEN, Role.GUEST}))
OWN = Access(APPLICANT.roles, Condition.OWN)
STAFF = Access(frozenset({Role.CLERK}))
OWN_STAFF = Access(STAFF.roles, Condition.OWN)
TASK = Access(STAFF.roles, Condition.UNIT)
CASE = Access(STAFF.roles, Condition.CASE)
CASE_OR_MACHINE = Access(CASE.roles | {Role.MACHINE}, Condition.CASE, "cases:read")
CONFIGURATION = Access(frozenset({Role.CONFIGURATOR}))
ATTENTION = Access(CONFIGURATION.roles | {Role.MACHINE}, Condition.NONE, "attention:read")
PROVISIONING = Access(CONFIGURATION.roles | {Role.MACHINE}, Condition.NONE, "clerks:provision")
OWN_OR_PROVISIONING = Access(STAFF.roles | {Role.MACHINE}, Condition.OWN_UNLESS_STAFFING, "clerks:provision")
PUBLISHING = Access(CONFIGURATION.roles | {Role.MACHINE}, Condition.NONE, "services:publish")

MATRIX: Mapping[str, Mapping[str, Access]] = {
    "v1/services": {"GET": PUBLIC, "POST": PUBLISHING},
    "v1/services/<slug:slug>": {"GET": PUBLIC},
    "v1/services/<slug:slug>/form": {"GET": PUBLIC},
    "v1/services/<slug:slug>/code-lists/<str:name>": {"GET": PUBLIC},
    "v1/services/<slug:slug>/eligibility": {"GET": PUBLIC, "POST": PUBLIC},
    "v1/services/<slug:slug>/applications": {"POST": APPLICANT},
    "v1/services/<slug:slug>/drafts": {"POST": APPLICANT},
    "v1/services/<slug:slug>/prefill-links": {"POST": CONFIGURATION},
    "v1/drafts": {"GET": APPLICANT},
    "v1/drafts/<uuid:draft_id>": {"GET": OWN, "PUT": OWN, "DELETE": OWN},
    "v1/drafts/<uuid:draft_id>/update": {"POST": OWN},
    "v1/drafts/<uuid:draft_id>/submit": {"POST": OWN},
    "v1/drafts/<uuid:draft_id>/attachments": {"GET": OWN, "POST": OWN, "OPTIONS": PUBLIC},
    "v1/attachments/<uuid:attachment_id>": {
        "GET": OWN,
        "HEAD": OWN,
        "PATCH": OWN,
        "DELETE": OWN,
        "OPTIONS": PUBLIC,
    },
    "v1/attachments/<uuid:attachment_id>/content": {"GET": OWN},
    "v1/applications": {"GET": APPLICANT},
    "v1/applications/<uuid:case_id>": {"GET": OWN},
    "v1/applications/<uuid:case_id>/messages": {"GET": OWN},
    "v1/applications/<uuid:case_id>/attachments": {"GET": OWN},
    "v1/notices/<uuid:notice_id>/document": {"GET": OWN},
    "v1/co-signatures/<uuid:co_signature_id>": {"GET": OWN},
    "v1/co-signatures/<uuid:co_signature_id>/sign": {"POST": OWN},
    "v1/co-signatures/<uuid:co_signature_id>/decline": {"POST": OWN},
    "v1/guests": {"POST": PUBLIC},
    "v1/guests/confirm": {"POST": PUBLIC},
    "v1/guests/codes": {"POST": PUBLIC},
    "v1/tasks": {"GET": STAFF},
    "v1/tasks/<uuid:task_id>": {"GET": TASK},
    "v1/tasks/<uuid:task_id>/claim": {"POST": TASK},
    "v1/tasks/<uuid:task_id>/release": {"POST": TASK},
    "v1/tasks/<uuid:task_id>/complete": {"POST": TASK},
    "v1/cases/<uuid:case_id>": {"GET": CASE_OR_MACHINE},
    "v1/cases/<uuid:case_id>/attachments": {"GET": CASE},
    "v1/cases/<uuid:case_id>/attachments/<uuid:file_id>/content": {"GET": CASE},
    "v1/attention": {"GET": ATTENTION},
    "v1/attention/<uuid:command_id>/retry": {"POST": CONFIGURATION},
    "v1/units": {"GET": PROVISIONING},
    "v1/units/<slug:key>": {"PUT": PROVISIONING},
    "v1/clerks": {"GET": PROVISIONING, "POST": PROVISIONING},
    "v1/clerks/<uuid:clerk_id>": {"GET": PROVISIONING, "PATCH": PROVISIONING},
    "v1/clerks/<uuid:clerk_id>/deactivate": {"POST": PROVISIONING},
    "v1/clerks/<uuid:clerk_id>/reactivate": {"POST": PROVISIONING},
    "v1/clerks/<uuid:clerk_id>/absences": {"GET": PROVISIONING, "POST": PROVISIONING},
    "v1/me/absences": {"GET": STAFF, "POST": STAFF},
    "v1/absences/<uuid:absence_id>": {"PUT": OWN_OR_PROVISIONING},
    "v1/absences/<uuid:absence_id>/end": {"POST": OWN_OR_PROVISIONING},
    "schema": {"GET": PUBLIC},
    "docs/": {"GET": PUBLIC},
}


def access_to(*, route: str, method: str) -> Access | None:
    """The cell of a route, as the URL configuration writes it, and a method; None: closed to everybody."""
    row = MATRIX.get(route.removeprefix("api/"), {})
    return row.get(method) or (row.get("GET") if method == "HEAD" else None)


def roles_of(*, user: Any) -> frozenset[Role]:
    """What this principal (None: nobody signed in) is to the matrix."""
    match user:
        case None:
            return frozenset({Role.NOBODY})
        case Guest():
            return frozenset({Role.GUEST})
        case Citizen():
            return frozenset({Role.CITIZEN})
        case Machine():
            return frozenset({Role.MACHINE})
        case ClerkAccount():
            return frozenset({Role.CLERK, *(role for role in Role if user.has_role(role))})
    raise TypeError(type(user).__name__)


def admits(*, access: Access, user: Any) -> bool:
    """Whether the roles are right (a machine: and it has the scope); the condition is judged later."""
    roles = roles_of(user=user) & access.roles
    if roles == {Role.MACHINE} and access != PUBLIC:
        return bool(access.scope) and access.scope in user.scopes
    return bool(roles)
