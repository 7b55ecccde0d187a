"""Read this to see which accounts files the development issuer refuses, and how it says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.embedded.issuer_accounts import DEMO_REALMS, AccountProblems, read_realms, realms_from


def test_the_built_in_accounts_are_complete() -> None:
    realms = realms_from(DEMO_REALMS, source="demo")
    assert set(realms) == {"citizens", "clerks", "machines"}
    assert len({realm.audience for realm in realms.values()}) == 3
    assert all("roles" in account.claims for account in realms["clerks"].accounts.values())
    assert {account.trust_level for account in realms["citizens"].accounts.values()} == {
        "low",
        "substantial",
        "high",
    }


def test_a_file_of_the_same_form_is_read(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps(DEMO_REALMS))
    assert read_realms(file) == realms_from(DEMO_REALMS, source="demo")


def test_everything_wrong_is_named_at_once() -> None:
    content = {
        "a/b": {"audience": "x"},
        "citizens": {"accounts": [{"trust_level": "very"}, {"sub": "x", "claims": []}], "clients": [{}]},
    }
    with pytest.raises(AccountProblems) as caught:
        realms_from(content, source="accounts.json")
    for place in (
        "/a/b: a realm's name",
        "/citizens/audience",
        "/citizens/accounts/0/sub",
        "/citizens/accounts/0/trust_level",
        "/citizens/accounts/1/claims",
        "/citizens/clients/0/client_id",
    ):
        assert f"accounts.json: {place}" in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{}", "{"])
def test_what_is_no_accounts_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "accounts.json"
    file.write_text(content)
    with pytest.raises(AccountProblems, match=r"accounts\.json"):
        read_realms(file)
