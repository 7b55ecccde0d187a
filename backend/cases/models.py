"""Tables of a case: what was applied for, what happened, what is to be done, what was decided.

Fields named `sealed_…` hold ciphertext under the key of the case (`backend.keys`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from backend.tenancy import TenantModel


class CaseStatus(models.TextChoices):
    """Where a case stands, as the citizen reads it."""

    UNSIGNED = "waiting_for_signatures"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class TaskStatus(models.TextChoices):
    """open: anybody entitled may claim it. claimed: one clerk works on it. done and cancelled are final."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


class DeadlineStatus(models.TextChoices):
    """armed: will act when it is due. met: what it waited for came in time. passed: it acted."""

    ARMED = "armed"
    MET = "met"
    PASSED = "passed"


class SignatureStatus(models.TextChoices):
    """invited: she has not answered yet. All others are final."""

    INVITED = "invited"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"


class Case(TenantModel):
    """The life of one application.

    `fed_seq` is the last event the engine has seen; `head` is the newest event's hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = models.CharField(max_length=32)
    service_version_id = models.UUIDField()
    service = models.SlugField(max_length=64)
    applicant = models.BinaryField()
    language = models.CharField(max_length=8)
    status = models.CharField(max_length=32, choices=CaseStatus.choices, default=CaseStatus.RECEIVED)
    outcome = models.CharField(max_length=32, default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    sealed_state = models.BinaryField(null=True)
    fed_seq = models.PositiveIntegerField(default=0)
    last_seq = models.PositiveIntegerField(default=0)
    head = models.BinaryField(default=b"")

    class Meta:
        db_table = "case_file"
        constraints = [models.UniqueConstraint(fields=["authority_id", "reference"], name="case_reference")]
        indexes = [models.Index(fields=["authority_id", "applicant", "-opened_at"], name="case_of_applicant")]


class Application(TenantModel):
    """The answers as submitted. Never changed: corrections are new facts."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.OneToOneField(Case, on_delete=models.PROTECT)
    applicant = models.BinaryField()
    idempotency_key = models.BinaryField()
    request_hash = models.BinaryField()
    trust_level = models.CharField(max_length=16)
    sealed_answers = models.BinaryField()
    sealed_provenance = models.BinaryField(null=True)
    sealed_representation = models.BinaryField(null=True)
    submitted_at = models.DateTimeField()

    class Meta:
        db_table = "application"
        constraints = [
            models.UniqueConstraint(
                fields=["authority_id", "applicant", "idempotency_key"], name="application_once_per_key"
            )
        ]


class CoSignature(TenantModel):
    """Somebody who was asked to sign an application too.

    `token` is a fingerprint of the secret in her mail; `applicant` hers once she has answered, with the
    `trust_level` of that sign-in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    sealed_person = models.BinaryField()
    token = models.BinaryField()
    status = models.CharField(max_length=8, choices=SignatureStatus.choices, default=SignatureStatus.INVITED)
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    applicant = models.BinaryField(null=True)
    trust_level = models.CharField(max_length=16, default="")

    class Meta:
        db_table = "co_signature"
        constraints = [
            models.UniqueConstraint(fields=["case", "applicant"], name="co_signature_once_per_person")
        ]


class Event(TenantModel):
    """An append-only fact about a case; each carries the hash of the one before (`backend.cases.chain`)."""

    pk = models.CompositePrimaryKey("case_id", "seq")
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    sealed_payload = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "event"


class Task(TenantModel):
    """One piece of work. `step` is the engine's waiting point.

    `four_eyes` are process elements: whoever did one of them in this case may not do this task. A deputy
    works for the clerk `assigned_for_id` and counts as both persons.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    step = models.CharField(max_length=64)
    element = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=64, default="")
    unit = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    four_eyes = models.JSONField(default=list)
    status = models.CharField(max_length=16, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    assignee_id = models.UUIDField(null=True)
    assigned_for_id = models.UUIDField(null=True)
    done_by_id = models.UUIDField(null=True)
    done_by_person = models.CharField(max_length=100, default="")
    done_for_person = models.CharField(max_length=100, default="", db_default="")
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "task"
        constraints = [models.UniqueConstraint(fields=["case", "step"], name="task_once_per_step")]
        indexes = [
            models.Index(
                fields=["authority_id", "unit", "created_at", "id"],
                name="task_inbox",
                condition=Q(status__in=["open", "claimed"]),
            ),
        ]


class Deadline(TenantModel):
    """A date that acts: when `due_at` passes while it is armed, `effect` happens.

    It shares its id with the command that wakes it (`operations.deadlines`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=64)
    effect = models.CharField(max_length=32)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=DeadlineStatus.choices, default=DeadlineStatus.ARMED)

    class Meta:
        db_table = "deadline"
        indexes = [models.Index(fields=["case"], name="deadline_of_case")]


class Notice(TenantModel):
    """A decision as a sealed PDF: exactly one for each command that asked for it. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    command_id = models.UUIDField(unique=True)
    letter = models.CharField(max_length=64)
    file_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "notice"


class Message(TenantModel):
    """What authority and citizen write to each other, in the citizen's mailbox."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    from_authority = models.BooleanField()
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT)
    sealed_content = models.BinaryField()
    sent_at = models.DateTimeField()
    first_read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message"
        indexes = [models.Index(fields=["case", "sent_at"], name="message_of_case")]
