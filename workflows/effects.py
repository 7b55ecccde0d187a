"""From an instruction to the world: which function carries out which kind of command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from traceback import extract_tb
from uuid import UUID

import structlog
from django.conf import settings
from django.db import OperationalError

from backend.cases.documents import compose
from backend.cases.operations.advance import advance
from backend.cases.operations.attachments import inspect_file
from backend.cases.operations.attention import put_back
from backend.cases.operations.co_signer_mail import send_to_co_signer
from backend.cases.operations.co_signing import end_co_signing
from backend.cases.operations.deadlines import pass_deadline
from backend.cases.operations.guest_mail import send_code
from backend.cases.operations.mail import send_mail
from backend.cases.operations.notices import read_order, store_notice
from backend.drafts.operations.reminding import send_reminder
from backend.outbox.operations import (
    BUDGET,
    BUDGET_OUTSIDE,
    LeaseLost,
    PermanentFailure,
    Taken,
    TryLater,
    take,
)
from backend.tenancy import acting_for
from forms.problems import Problems
from signing.seal import Seal, SealRefused

log = structlog.get_logger()


@cache
def _seal() -> Seal:
    """The authority's seal, loaded once per process: loading a key costs more than sealing."""
    environment = settings.ENVIRONMENT
    return Seal.load(
        key_pem=environment.seal_key_file.read_bytes(),
        certificate_pem=environment.seal_certificate_file.read_bytes(),
        chain_pem=[environment.seal_chain_file.read_bytes()] if environment.seal_chain_file else (),
        passphrase=environment.seal_passphrase.encode() or None,
    )


def issue_notice(*, taken: Taken, now: datetime) -> None:
    order = read_order(taken=taken, now=now)
    try:
        pdf = compose(order=order, seal=_seal(), now=now)
    except Problems as problems:
        # The text cannot be set with this case's data: trying again gives the same. Codes and places only.
        places = ", ".join(sorted({f"{problem.code} at {problem.where}" for problem in problems.problems}))
        raise PermanentFailure(f"letter {order.letter}: {places}") from problems
    except SealRefused as refused:
        _seal.cache_clear()
        raise TryLater("the seal cannot be used: is its certificate expired?") from refused
    store_notice(taken=taken, order=order, pdf=pdf, now=now)


EFFECTS: Mapping[str, Callable[..., None]] = {
    "advance": advance,
    "confirm-guest": send_code,
    "end-co-signing": end_co_signing,
    "inspect-file": inspect_file,
    "invite-co-signer": send_to_co_signer,
    "issue-notice": issue_notice,
    "pass-deadline": pass_deadline,
    "remind-co-signer": send_to_co_signer,
    "remind-draft": send_reminder,
    "send-mail": send_mail,
}


def carry_out(*, authority_id: UUID, command_id: UUID, now: datetime) -> bool:
    """Take a command and do what it says. False: somebody else has it, or it is done.

    A failure is put back for later with its reason; it never leaves this function.
    """
    with acting_for(authority_id=authority_id):
        taken = take(command_id=command_id)
    if taken is None:
        return False
    try:
        _attempt(taken, now)
    except LeaseLost:
        log.info("lease_lost", command=str(taken.id), kind=taken.kind)
        return False
    return True


def _attempt(taken: Taken, now: datetime) -> None:
    if taken.interruptions >= BUDGET:
        put_back(taken=taken, reason="interrupted: no worker lived to finish it", budget=0, now=now)
        return
    try:
        EFFECTS[taken.kind](taken=taken, now=now)
    except LeaseLost:
        raise
    except PermanentFailure as failure:
        put_back(taken=taken, reason=failure.reason, budget=0, now=now)
    except TryLater as later:
        put_back(taken=taken, reason=later.reason, budget=BUDGET_OUTSIDE, now=now)
    except (OSError, OperationalError) as error:
        # A full disk, a database that restarts: not the command's fault, and it passes.
        put_back(taken=taken, reason=_reason(error), budget=BUDGET_OUTSIDE, now=now)
    except Exception as error:  # noqa: BLE001 -- whatever it is: the command goes back with a reason
        put_back(taken=taken, reason=_reason(error), budget=BUDGET, now=now)


def _reason(error: Exception) -> str:
    """What failed and where, without the error's text: that may quote a citizen."""
    frames = [frame for frame in extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
