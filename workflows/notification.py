"""When a notice counts as notified: the fictions of the law as a dated table; change it when a law changes.

The day of dispatch decides: 4th day since 2025-01-01 (PostModG, BGBl. 2024 I Nr. 236), 3rd day before. Only
tax law shifts the day off a weekend (§ 108 (3) AO); § 41 VwVfG does not (OVG Niedersachsen, 26.10.2006, 7 PA
184/06; so for § 37 SGB X), and `shifted` is the switch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.deadlines import Duration, Holidays, add

RETRIEVAL_DAYS = 10


class Law(StrEnum):
    ADMINISTRATIVE = "vwvfg"
    TAX = "ao"
    SOCIAL = "sgb-x"
    DELIVERY = "vwzg"


class Channel(StrEnum):
    """How the notice leaves the house.

    `POST` within Germany; `REGISTERED` is a letter that is handed over; `ACCOUNT` is the mailbox of a user
    account (BundID), not a portal, which is `RETRIEVAL`.
    """

    POST = "post"
    POST_ABROAD = "post-abroad"
    REGISTERED = "registered"
    ELECTRONIC = "electronic"
    RETRIEVAL = "retrieval"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Fiction:
    """From `valid_from` (day of dispatch) on, a notice counts as notified `after` its dispatch.

    `lands` empty: everywhere no other row fits. `confirmed`: False where a Land has its own text whose date
    we have not seen; whoever runs a service there confirms it and passes an own table.
    """

    law: Law
    channels: frozenset[Channel]
    valid_from: date
    after: Duration
    shifted: bool
    source: str
    lands: frozenset[str] = frozenset()
    confirmed: bool = True


_EVER, _REFORM = date(1900, 1, 1), date(2025, 1, 1)
_DAY_3, _DAY_4, _MONTH = Duration(days=3), Duration(days=4), Duration(months=1)
_SENT = frozenset({Channel.POST, Channel.ELECTRONIC})
_PROVIDED = frozenset({Channel.RETRIEVAL, Channel.ACCOUNT})
_ABROAD = frozenset({Channel.POST_ABROAD})
_ACCOUNT = frozenset({Channel.ACCOUNT})
_LETTER = frozenset({Channel.REGISTERED})
_WIRE = frozenset({Channel.ELECTRONIC})
# Their administrative procedure acts refer to the federal act as it stands.
_DYNAMIC = frozenset({"BE", "BB", "HB", "NI", "RP", "SN"})
_NW = frozenset({"NW"})
_SH = frozenset({"SH"})
_VWVFG, _AO, _SGB, _VWZG = Law.ADMINISTRATIVE, Law.TAX, Law.SOCIAL, Law.DELIVERY
_OWN = "Land, like § 41 (2) VwVfG"
_OWN_DELIVERY = "Land, like § 4 (2) VwZG"
_TAX, _SUMMONED = "§ 122 (2), (2a) AO, § 108 (3) AO", "§ 122a (4), (5) AO, § 108 (3) AO"

FICTIONS: Sequence[Fiction] = (
    Fiction(_VWVFG, _SENT, _EVER, _DAY_3, False, "§ 41 (2) VwVfG", _DYNAMIC),
    Fiction(_VWVFG, _SENT, _REFORM, _DAY_4, False, "§ 41 (2) VwVfG", _DYNAMIC),
    Fiction(_VWVFG, _SENT, _EVER, _DAY_3, False, "§ 41 (2) VwVfG NRW", _NW),
    Fiction(_VWVFG, _SENT, _REFORM, _DAY_4, False, "§ 41 (2) VwVfG NRW", _NW),
    Fiction(_VWVFG, _SENT, _EVER, _DAY_3, False, "§ 110 (2) LVwG SH", _SH, confirmed=False),
    Fiction(_VWVFG, _SENT, _REFORM, _DAY_4, False, "§ 110 (2) LVwG SH", _SH, confirmed=False),
    Fiction(_VWVFG, _SENT, _EVER, _DAY_3, False, _OWN, confirmed=False),
    Fiction(_VWVFG, _SENT, _REFORM, _DAY_4, False, _OWN, confirmed=False),
    Fiction(_VWVFG, _ACCOUNT, date(2024, 7, 24), _DAY_3, False, "§ 9 (1) OZG"),
    Fiction(_AO, _SENT, _EVER, _DAY_3, True, _TAX),
    Fiction(_AO, _SENT, _REFORM, _DAY_4, True, _TAX),
    Fiction(_AO, _ABROAD, _EVER, _MONTH, True, "§ 122 (2) Nr. 2 AO, § 108 (3) AO"),
    Fiction(_AO, _PROVIDED, _EVER, _DAY_3, True, _SUMMONED),
    Fiction(_AO, _PROVIDED, _REFORM, _DAY_4, True, _SUMMONED),
    Fiction(_SGB, _SENT, _EVER, _DAY_3, False, "§ 37 (2) SGB X"),
    Fiction(_SGB, _SENT, _REFORM, _DAY_4, False, "§ 37 (2) SGB X"),
    Fiction(_VWZG, _LETTER, _EVER, _DAY_3, False, "§ 4 (2) LZG NRW", _NW),
    Fiction(_VWZG, _LETTER, _REFORM, _DAY_4, False, "§ 4 (2) LZG NRW", _NW),
    Fiction(_VWZG, _LETTER, _EVER, _DAY_3, False, _OWN_DELIVERY, confirmed=False),
    Fiction(_VWZG, _LETTER, _REFORM, _DAY_4, False, _OWN_DELIVERY, confirmed=False),
    Fiction(_VWZG, _WIRE, _EVER, _DAY_3, False, "Land, like § 5 (7) VwZG", confirmed=False),
    Fiction(_VWZG, _WIRE, _REFORM, _DAY_4, False, "Land, like § 5 (7) VwZG", confirmed=False),
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
    day = add(start=dispatched, duration=rule.after)
    return Notified(days_off.next_working_day(day=day) if rule.shifted else day, rule)


def notified_by_retrieval(*, provided: date, retrieved: date) -> date | None:
    """§ 41 (2a) VwVfG: the day after retrieval, or None if it was not retrieved within ten days.

    Then the provision has ended without notification: provide it again, or post it.
    """
    if not provided <= retrieved <= provided + timedelta(days=RETRIEVAL_DAYS):
        return None
    return retrieved + timedelta(days=1)
