"""Wycheproof's other signature vectors: weak and mismatched keys, key sets, and every way to damage a token."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from signing.jwks import ALGORITHMS, KeySet
from signing.jws import open_token
from signing.refusals import TokenRefused

MATERIAL = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[2] / ".." / "shared" / "conformance"))
    / "jose"
)
if not MATERIAL.is_dir() and os.environ.get("CI") != "true":
    pytest.skip(f"no conformance material in {MATERIAL}: set CONFORMANCE_DIR", allow_module_level=True)

FILES = {"json_web_key_test.json": 26, "json_web_crypto_test.json": 83}
PUBLIC = {"kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y"}
# Vectors Wycheproof calls valid that we refuse on purpose, all of one kind.
SHARED_SECRET = "HS*: a shared secret is no way to verify an issuer"


def _vectors() -> Iterator[Any]:
    for name in FILES:
        groups = json.loads((MATERIAL / "wycheproof" / name).read_text())["testGroups"]
        for group in groups:
            given = group.get("public", group["private"])
            keys = given.get("keys", [given])
            for test in group["tests"]:
                yield pytest.param(
                    keys, test, id=f"{name[9:13]}-{test['tcId']}-{group['comment']}-{test['comment']}"
                )


def _as_published(key: Mapping[str, Any]) -> Mapping[str, Any]:
    """The public part of a key pair; a secret stays what it is, and must not become a key."""
    if key["kty"] == "oct":
        return key
    return {name: value for name, value in key.items() if name in PUBLIC}


def _accepted(token: Any, keys: list[Mapping[str, Any]]) -> bool:
    try:
        jwks = KeySet.from_jwks({"keys": [_as_published(key) for key in keys]})
        open_token(token=token, algorithms=ALGORITHMS, keys=jwks, most_bytes=65_536)
    except TokenRefused:
        return False
    return True


@pytest.mark.parametrize(("keys", "test"), list(_vectors()))
def test_wycheproof_keys(keys, test):
    token = test["jws"] if "jws" in test else test["jwe"]
    token = token if isinstance(token, str) else json.dumps(token)
    shared = all(key["kty"] == "oct" for key in keys)
    if test["result"] == "valid" and shared:
        assert not _accepted(token, keys), SHARED_SECRET
    else:
        assert _accepted(token, keys) is (test["result"] == "valid" and "jws" in test)


def test_the_vectors_are_all_there():
    found = [parameter.values for parameter in _vectors()]
    assert len(found) == sum(FILES.values())
    valid = [(keys, test) for keys, test in found if test["result"] == "valid"]
    encrypted = [test for _, test in valid if "jwe" in test]  # nothing is encrypted for us
    shared = [test for keys, test in valid if "jws" in test and all(key["kty"] == "oct" for key in keys)]
    assert (len(encrypted), len(shared), len(valid)) == (2, 6, 11), "three are accepted"


def test_rfc_7520_signatures_in_json_are_verified_only_as_tokens():
    """4.5 to 4.8 are other serialisations, which no issuer uses for tokens; 4.8 has one that can be a token."""
    folder = MATERIAL / "cookbook" / "jws"
    example = json.loads((folder / "4_8.multiple_signatures.json").read_text())
    rsa_key = {name: value for name, value in example["input"]["key"][0].items() if name in PUBLIC}
    first = example["output"]["json"]["signatures"][0]
    payload = example["output"]["json"]["payload"]
    assert _accepted(f"{first['protected']}.{payload}.{first['signature']}", [rsa_key])
    assert not _accepted(f"{first['protected']}.{payload[:-4]}AAAA.{first['signature']}", [rsa_key])
    for name in (
        "4_5.signature_with_detached_content",
        "4_6.protecting_specific_header_fields",
        "4_7.protecting_content_only",
        "4_8.multiple_signatures",
    ):
        output = json.loads((folder / f"{name}.json").read_text())["output"]
        for form in output.values():
            assert not _accepted(form if isinstance(form, str) else json.dumps(form), [rsa_key])
