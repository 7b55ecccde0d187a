"""When a notice counts as notified: the fictions of the law as a dated table; change it when a law changes.

§ 41 (2) VwVfG, § 122 (2), (2a) AO and § 37 (2) SGB X: 4th day since 2025-01-01 (PostModG, BGBl. 2024 I
Nr. 236), 3rd day before; the day of dispatch decides. § 122a (4) AO: provision for retrieval. § 9 OZG: 3rd
day after provision in the mailbox of a user account. Only tax law shifts the day off a weekend (§ 108 (3)
AO); that § 41 VwVfG does not is the prevailing view, and `shifted` the switch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.deadlines import Holidays

RETRIEVAL_DAYS = 10


class Law(StrEnum):
    ADMINISTRATIVE = "vwvfg"
    TAX = "ao"
    SOCIAL = "sgb-x"


class Channel(StrEnum):
    """How the notice leaves the house: `ACCOUNT` is the mailbox of a user account (BundID), not a portal."""

    POST = "post"
    ELECTRONIC = "electronic"
    RETRIEVAL = "retrieval"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Fiction:
    """From `valid_from` (day of dispatch) on, a notice counts as notified `days` days after dispatch.

    `lands` empty: everywhere no other row fits. `confirmed`: False where a Land has its own text whose date
    we have not seen; whoever runs a service there confirms it and passes an own table.
    """

    law: Law
    channels: frozenset[Channel]
    valid_from: date
    days: int
    shifted: bool
    source: str
    lands: frozenset[str] = frozenset()
    confirmed: bool = True


_EVER = date(1900, 1, 1)
_POST_REFORM = date(2025, 1, 1)
_SENT = frozenset({Channel.POST, Channel.ELECTRONIC})
_RETRIEVED = frozenset({Channel.RETRIEVAL})
# Their administrative procedure acts refer to the federal act as it stands.
_DYNAMIC = frozenset({"BE", "BB", "HB", "NI", "RP", "SN"})

FICTIONS: Sequence[Fiction] = (
    Fiction(Law.ADMINISTRATIVE, _SENT, _EVER, 3, False, "§ 41 (2) VwVfG", _DYNAMIC),
    Fiction(Law.ADMINISTRATIVE, _SENT, _POST_REFORM, 4, False, "§ 41 (2) VwVfG", _DYNAMIC),
    Fiction(Law.ADMINISTRATIVE, _SENT, _EVER, 3, False, "Land, like § 41 (2) VwVfG", confirmed=False),
    Fiction(Law.ADMINISTRATIVE, _SENT, _POST_REFORM, 4, False, "Land, like § 41 (2) VwVfG", confirmed=False),
    Fiction(Law.ADMINISTRATIVE, frozenset({Channel.ACCOUNT}), date(2024, 7, 24), 3, False, "§ 9 OZG"),
    Fiction(Law.TAX, _SENT, _EVER, 3, True, "§ 122 (2), (2a) AO, § 108 (3) AO"),
    Fiction(Law.TAX, _SENT, _POST_REFORM, 4, True, "§ 122 (2), (2a) AO, § 108 (3) AO"),
    Fiction(Law.TAX, _RETRIEVED, _EVER, 3, True, "§ 122a (4) AO, § 108 (3) AO"),
    Fiction(Law.TAX, _RETRIEVED, _POST_REFORM, 4, True, "§ 122a (4) AO, § 108 (3) AO"),
    Fiction(Law.SOCIAL, _SENT, _EVER, 3, False, "§ 37 (2) SGB X"),
    Fiction(Law.SOCIAL, _SENT, _POST_REFORM, 4, False, "§ 37 (2) SGB X"),
)


@dataclass(frozen=True, slots=True)
class Notified:
    """The day on which a notice counts as notified, and the rule that says so."""

    day: date
    fiction: Fiction


def notified_by_fiction(
    *,
    law: Law,
    channel: Channel,
    dispatched: date,
    days_off: Holidays,
    table: Sequence[Fiction] = FICTIONS,
) -> Notified:
    """The day of notification of a notice dispatched (posted, sent, provided) on `dispatched`.

    Only a presumption: a notice that arrived later, or never, counts from its arrival, or not at all, and the
    authority has to prove it. Raises `LookupError` where the law knows no fiction (administrative notices for
    retrieval: see `notified_by_retrieval`).
    """
    rules = [
        rule
        for rule in table
        if rule.law is law
        and channel in rule.channels
        and rule.valid_from <= dispatched
        and (not rule.lands or days_off.land in rule.lands)
    ]
    if not rules:
        raise LookupError(f"no fiction of notification for {law} by {channel} on {dispatched}")
    rule = max(rules, key=lambda rule: (bool(rule.lands), rule.valid_from))
    day = dispatched + timedelta(days=rule.days)
    return Notified(days_off.next_working_day(day=day) if rule.shifted else day, rule)


def notified_by_retrieval(*, provided: date, retrieved: date) -> date | None:
    """§ 41 (2a) VwVfG: the day after retrieval, or None if it was not retrieved within ten days.

    Then the provision has ended without notification: provide it again, or post it.
    """
    if not provided <= retrieved <= provided + timedelta(days=RETRIEVAL_DAYS):
        return None
    return retrieved + timedelta(days=1)
