"""How the audit trail names a machine: short enough for its column, and like no other machine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.identity.principals import LONGEST_ACTOR, Machine

CLIENTS = st.text(max_size=90)
ISSUERS = st.text("abc:/.", max_size=60)


def actor(client: str, issuer: str) -> str:
    return Machine(client=client, issuer=issuer, scopes=frozenset()).actor


@given(CLIENTS, ISSUERS, CLIENTS, ISSUERS)
def test_two_machines_have_two_names(client, issuer, other_client, other_issuer):
    same = (client, issuer) == (other_client, other_issuer)
    assert (actor(client, issuer) == actor(other_client, other_issuer)) is same
    assert len(actor(client, issuer)) <= LONGEST_ACTOR


def test_the_end_of_a_long_name_counts_and_so_does_the_issuer():
    long = "x" * 70
    issuer = "https://issuer.example"
    assert actor(f"{long}a", issuer) != actor(f"{long}b", issuer)
    assert actor(long, issuer) != actor(long, f"{issuer}/b")
    assert actor("feeder", issuer) != actor("feeder", f"{issuer}/b")
    assert actor("feeder", issuer) == "machine:https://issuer.example feeder"


def test_scopes_make_no_other_machine():
    one = Machine(client="c", issuer="https://i", scopes=frozenset({"cases:read"}))
    assert one.actor == actor("c", "https://i")
