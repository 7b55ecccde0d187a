"""A service whose written form a statute orders: only the means that the law names will do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.cases.operations.submission import submit
from backend.demo.applications import PLAIN
from backend.services.admission import WrittenFormNeeded
from backend.services.package import Package, PackageProblems
from signing.levels import TrustLevel
from tests.integration.door import Caller, problem
from tests.integration.town import PACKAGE, SLUG


def package(law):
    texts = dict(PACKAGE.texts())
    texts["service.toml"] = texts["service.toml"].replace(
        "trust_level", f'written_form = "{law}"\ntrust_level', 1
    )
    return Package.of_texts(texts=texts)


@pytest.fixture
def strict(town):
    town.publish(package("vwvfg-3a"))
    return town


def send(town, **who):
    citizen = replace(town.citizen(level=TrustLevel.HIGH), **who)
    return submit(
        authority_id=town.id,
        citizen=citizen,
        service=SLUG,
        version_id=None,
        answers=PLAIN,
        idempotency_key=f"written-{who}",
        language="de",
        now=town.now,
    )


def test_the_online_id_card_is_enough(strict):
    assert send(strict, proved_by="eID").reference


@pytest.mark.parametrize("means", ["eIDAS", "Elster", ""])
def test_a_high_level_by_other_means_is_not(strict, rows, means):
    before = rows()
    with pytest.raises(WrittenFormNeeded) as refused:
        send(strict, proved_by=means)
    assert refused.value.answer.means == ("eid",)
    assert rows() == before


def test_what_a_caller_of_the_api_is_told(strict):
    paul = Caller.signed_in(host=strict.authority.host, realm="citizens", account="paul")
    answer = paul.submit()
    body = problem(answer, 401, "written-form-needed")
    assert (body["means"], body["basis"]) == (["eid"], "§ 3a Abs. 3 Nr. 1 VwVfG")
    challenge = answer["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication", acr_values="')
    assert "http://eidas.europa.eu/LoA/high" in challenge
    assert "LoA/low" not in challenge


def test_a_law_that_the_table_does_not_know_is_refused_with_the_package(town):
    with pytest.raises(PackageProblems, match=r"service\.toml"):
        town.publish(package("bgb-126"))
