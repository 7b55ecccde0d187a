"""Tokens bound to a client certificate (RFC 8705), behind a proxy that hands the certificate over."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.test import override_settings

from backend.identity.queries import trusted_issuers
from tests.integration.door import problem
from tests.integration.sign_in import crafted_token
from tests.unit.signing.test_certificates import OTHER, OURS, thumbprint

MINE = "/api/v1/applications"
HEADER = "X-Client-Certificate"


@contextmanager
def behind_a_proxy(**entry):
    """`entry`: more members of every issuer's entry."""
    issuers = tuple({**one, **entry} for one in settings.ENVIRONMENT.issuers)
    environment = replace(settings.ENVIRONMENT, proxies=1, client_certificate_header=HEADER, issuers=issuers)
    try:
        with override_settings(ENVIRONMENT=environment):
            trusted_issuers.cache_clear()
            yield
    finally:
        trusted_issuers.cache_clear()


@pytest.fixture
def robot(nobody):
    return nobody.with_token(crafted_token(cnf={"x5t#S256": thumbprint(OURS)}))


def shown(caller, certificate=None, header=HEADER):
    if certificate is None:
        return caller.get(MINE)
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return caller.call("GET", MINE, headers={header: quote(pem)})


def refused(answer):
    (error,) = problem(answer, 401, "token-refused")["errors"]
    assert error["code"] == "certificate-wrong"
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_it_opens_only_with_its_certificate(robot):
    with behind_a_proxy():
        refused(shown(robot, OTHER))
        assert shown(robot, OURS).status_code == 200
        # Verified before and remembered: the certificate is asked for again each time.
        refused(shown(robot))
        refused(shown(robot, OTHER))
        refused(robot.call("GET", MINE, headers={HEADER: "nonsense"}))
        refused(shown(robot, OURS, header="Client-Cert"))
        assert shown(robot, OURS).status_code == 200


def test_others_need_none(citizen):
    with behind_a_proxy():
        assert shown(citizen()).status_code == 200
        assert shown(citizen(), OTHER).status_code == 200


def test_an_issuer_whose_tokens_must_all_be_bound(citizen, robot):
    with behind_a_proxy(certificate_bound=True):
        refused(shown(citizen(), OURS))
        assert shown(robot, OURS).status_code == 200


def test_without_a_trusted_proxy_nobody_can_claim_to_have_a_certificate(robot):
    refused(shown(robot, OURS))
    for name in ("Client-Cert", "X-SSL-Client-Cert", "X-Forwarded-Client-Cert"):
        refused(shown(robot, OURS, header=name))
