from __future__ import annotations

from datetime import timedelta

import pytest

from signing.issuers import ClaimNames, Issuer, UnsafeIssuer

SAFE = {
    "url": "https://login.example.org/realm",
    "audience": "laufzettel",
    "algorithms": frozenset({"ES256"}),
}


def test_a_safe_issuer_is_accepted():
    assert Issuer(**SAFE).leeway == timedelta(seconds=30)
    assert Issuer(**{**SAFE, "url": "http://localhost:3000"}, development=True)
    assert Issuer(**SAFE, types=frozenset(), type_may_be_missing=True)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"url": "http://login.example.org"}, "https://"),
        ({"url": "ftp://login.example.org", "development": True}, "https://"),
        ({"url": "https://"}, "no host"),
        ({"url": ""}, "no host"),
        ({"url": "https://[broken"}, "no valid URL"),
        ({"url": "https://user@login.example.org"}, "user name"),
        ({"url": "https://login.example.org/?a=1"}, "query"),
        ({"url": "https://login.example.org/#a"}, "fragment"),
        ({"audience": " "}, "audience is missing"),
        ({"algorithms": frozenset()}, "algorithms is empty"),
        ({"algorithms": frozenset({"none"})}, "none accepts unsigned tokens"),
        ({"algorithms": frozenset({"ES256", "HS256"})}, "HS256 verifies with a shared secret"),
        ({"algorithms": frozenset({"PS256"})}, "PS256 is not allowed"),
        ({"types": frozenset()}, "types is empty"),
        ({"leeway": timedelta(minutes=6)}, "leeway"),
        ({"leeway": timedelta(seconds=-1)}, "leeway"),
        ({"max_token_bytes": 10}, "max_token_bytes"),
        ({"max_token_bytes": 10**6}, "max_token_bytes"),
        ({"claims": ClaimNames(subject=())}, "subject and level"),
        (
            {"claims": ClaimNames(attribute_levels={"email": ("x",)})},
            "attribute email has a claim for its level",
        ),
        ({"levels": {}}, "levels is empty"),
        ({"max_age": timedelta(0)}, "max_age"),
    ],
)
def test_an_unsafe_issuer_is_refused_by_name(change, named):
    with pytest.raises(UnsafeIssuer, match="issuer") as caught:
        Issuer(**{**SAFE, **change})
    assert named in str(caught.value)


def test_all_reasons_are_listed_at_once():
    with pytest.raises(UnsafeIssuer) as caught:
        Issuer(url="http://x.example", audience="", algorithms=frozenset({"none", "HS512"}))
    assert len(caught.value.reasons) == 4
