"""A small town for one test: units, clerks, the published dog tax, citizens; and a worker without a broker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db.models.functions import Now

from backend.authorities.absences import AbsenceWish, Declarer, declare
from backend.authorities.models import Absence, Authority
from backend.authorities.operations import employ_clerk, found_authority
from backend.authorities.queries import ClerkAccount, clerk_by_account
from backend.cases.models import Case, Event, Task
from backend.cases.operations.submission import Receipt, submit
from backend.cases.operations.tasks import claim, complete
from backend.demo.applications import DECISION, PLAIN
from backend.identity.principals import Citizen
from backend.outbox.models import Command
from backend.services.models import ServiceVersion
from backend.services.operations import publish
from backend.services.package import Package, load_folder
from backend.tenancy import acting_for
from signing.issuers import TrustLevel
from tests.integration.sign_in import issuer_url
from workflows.effects import carry_out

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "hundesteuer-anmeldung"
SLUG = "hundesteuer-anmeldung"
PACKAGE = load_folder(folder=FOLDER)
ISSUER = issuer_url(realm="clerks")
_CHECKED: set[str] = set()
PEOPLE = {
    "clara": [("steueramt", "clerk")],
    "carl": [("steueramt", "clerk")],
    "anna": [("steueramt", "clerk"), ("steueramt", "approver"), ("it", "configurator")],
    "adam": [("steueramt", "approver")],
    "otto": [("ordnungsamt", "clerk")],
}


@dataclass(slots=True)
class TestTown:
    """Everything one test needs of a town."""

    __test__ = False
    authority: Authority
    now: datetime
    clerks: dict[str, ClerkAccount] = field(default_factory=dict)

    @classmethod
    def found(cls, *, now: datetime) -> TestTown:
        authority_id = uuid4()
        authority = found_authority(
            authority_id=authority_id,
            slug=f"t-{authority_id.hex}",
            host=f"{authority_id.hex}.example",
            name="Stadt Teststadt",
            land="NI",
            letterhead={"return_address": "Stadt Teststadt, Markt 1, 31999 Teststadt"},
            units={"steueramt": "Steueramt", "ordnungsamt": "Ordnungsamt", "it": "IT"},
            now=now,
        )
        town = cls(authority=authority, now=now)
        for account, memberships in PEOPLE.items():
            town.employ(account, person=account, memberships=memberships)
        return town

    @property
    def id(self) -> UUID:
        return self.authority.id

    def employ(self, account: str, *, person: str, memberships: list[tuple[str, str]]) -> ClerkAccount:
        employ_clerk(
            authority_id=self.id,
            issuer=ISSUER,
            subject=account,
            person=person,
            name=account,
            memberships=memberships,
        )
        with acting_for(authority_id=self.id):
            found = clerk_by_account(issuer=ISSUER, subject=account)
        assert found is not None
        self.clerks[account] = found
        return found

    def publish(self, package: Package = PACKAGE) -> ServiceVersion:
        """The check before publishing costs a process and half a second: one for all towns is enough."""
        with acting_for(authority_id=self.id):
            if package.content_hash in _CHECKED and not ServiceVersion.objects.exists():
                return ServiceVersion.objects.create(
                    authority_id=self.id,
                    slug=SLUG,
                    number=1,
                    content_hash=package.content_hash,
                    files=package.texts(),
                    published_at=self.now,
                )
            version = publish(authority_id=self.id, package=package, now=self.now)
            _CHECKED.add(package.content_hash)
            return version

    def citizen(self, name: str = "erika", level: TrustLevel = TrustLevel.LOW) -> Citizen:
        return Citizen(applicant=f"{name}@{self.id}".encode(), level=level, attributes={})

    def submit(
        self, answers: Any = None, *, key: str | None = None, citizen: Citizen | None = None
    ) -> Receipt:
        return submit(
            authority_id=self.id,
            citizen=citizen or self.citizen(),
            service=SLUG,
            version_id=None,
            answers=PLAIN if answers is None else answers,
            idempotency_key=key or uuid4().hex,
            language="de",
            now=self.now,
        )

    def work(self, *, rounds: int = 20, kinds: set[str] | None = None) -> list[str]:
        """Carry out everything that is due, as workers would; returns the kinds in order."""
        done = []
        for _ in range(rounds):
            with acting_for(authority_id=self.id):
                due = Command.objects.filter(status="waiting", due_at__lte=Now()).order_by("created_at", "id")
                found = [(row.id, row.kind) for row in due if kinds is None or row.kind in kinds]
            if not found:
                return done
            for command_id, kind in found:
                if carry_out(authority_id=self.id, command_id=command_id, now=self.now):
                    done.append(kind)
        return done

    def tasks(self, **filters: Any) -> list[Task]:
        with acting_for(authority_id=self.id):
            return list(Task.objects.filter(**filters).select_related("case").order_by("created_at"))

    def case(self, case_id: UUID) -> Case:
        with acting_for(authority_id=self.id):
            return Case.objects.get(id=case_id)

    def events(self, case_id: UUID) -> list[str]:
        with acting_for(authority_id=self.id):
            return list(Event.objects.filter(case_id=case_id).order_by("seq").values_list("kind", flat=True))

    def commands(self, **filters: Any) -> list[Command]:
        with acting_for(authority_id=self.id):
            return list(Command.objects.filter(**filters).order_by("created_at"))

    def do(self, account: str, element: str, result: Any) -> Task:
        """Claim and complete the newest open task of an element."""
        task = self.tasks(element=element, status="open")[-1]
        clerk = self.clerks[account]
        claim(authority_id=self.id, clerk=clerk, task_id=task.id, now=self.now)
        return complete(authority_id=self.id, clerk=clerk, task_id=task.id, result=result, now=self.now)

    def finish_plain(self) -> Receipt:
        """A plain registration from submission to its end, without mail."""
        receipt = self.submit()
        self.work(kinds={"advance"})
        self.do("clara", "pruefung", DECISION)
        self.work(kinds={"advance", "issue-notice"})
        return receipt

    def send_away(self, account: str, *, deputy: str) -> Absence:
        """From a day before the town's now to a day after."""
        return declare(
            authority_id=self.id,
            clerk_id=self.clerks[account].id,
            wish=AbsenceWish(
                first_day=self.later(days=-1).date(),
                last_day=self.later(days=1).date(),
                deputy=self.clerks[deputy].id,
            ),
            by=Declarer(actor="operator"),
            idempotency_key=uuid4().hex,
            now=self.now,
        ).absence

    def later(self, **difference: float) -> datetime:
        return self.now + timedelta(**difference)
