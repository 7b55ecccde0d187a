"""Reads an answer as the portal of one town would."""

from __future__ import annotations

from datetime import timedelta

import pytest

from signing.levels import TrustLevel
from signing.saml.assertion import Expected
from signing.saml.metadata import IdentityProvider
from signing.saml.refusals import SAML_REFUSALS, SamlRefused
from signing.saml.response import read_response
from tests.peers.bundid import key_pair
from tests.peers.forged import AT

MINUTE = timedelta(minutes=1)


def read(posted, *, keys=("sp",), level=TrustLevel.LOW, now=AT, fresh=False, certificates=("idp",)):
    provider = IdentityProvider(
        entity_id="https://idp.example/bundid",
        sign_in_url="https://idp.example/sso",
        certificates=tuple(
            key_pair(one).certificate if isinstance(one, str) else one for one in certificates
        ),
    )
    expected = Expected(
        provider=provider,
        entity_id="https://town.example/saml",
        consumer_url="https://town.example/saml/bundid/acs",
        request_id="_request-1",
        level=level,
        asked_at=AT - MINUTE,
        fresh=fresh,
    )
    return read_response(
        posted=posted, expected=expected, keys=[key_pair(name).key for name in keys], now=now
    )


def refusal(posted, **how) -> str:
    with pytest.raises(SamlRefused) as refused:
        read(posted, **how)
    assert refused.value.code in SAML_REFUSALS
    assert refused.value.text["de"] != refused.value.text["en"]
    return refused.value.code
