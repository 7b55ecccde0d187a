"""What is known already is filled in: from the sign-in and from a link; and the clerk sees where it came from."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from backend.demo.applications import PLAIN
from backend.drafts.links import LinkRefused, LinkTooLong, open_link, seal_link
from backend.drafts.operations.linking import make_link
from backend.tenancy import acting_for
from tests.integration.door import problem
from tests.integration.drafts.desk import LINKS, answered, begin, begun, look, save, submit
from tests.integration.sign_in import crafted_token
from tests.integration.town import SLUG

CLAIMS = {
    "given_name": "Erika",
    "family_name": "Mustermann",
    "email": "erika@example.org",
    "birthdate": "1984-01-26",
    "address": {"street_address": "Heidestraße 17", "postal_code": "31999", "locality": "Musterhausen"},
}
LOW, NONE = "http://eidas.europa.eu/LoA/low", "nothing"
DOG = {"hund": {"rufname": "Bella", "chipnummer": "276098106234567"}}


@pytest.fixture
def known(citizen):
    """Erika, whose sign-in says who she is."""
    return citizen().with_token(crafted_token(**CLAIMS))


class TestIdentity:
    def test_the_sign_in_fills_in_what_it_knows(self, known):
        draft = begun(known, {})
        assert draft["answers"] == {"person": PLAIN["person"]}
        assert draft["origins"]["/person/vorname"] == {
            "source": "identity",
            "level": "low",
            "verified": True,
            "changed": False,
        }
        assert draft["origins"].keys() == {f"/person/{name}" for name in PLAIN["person"]}

    def test_what_she_changes_is_not_verified_until_she_changes_it_back(self, known):
        draft = begun(known, {})
        other = {"person": {**PLAIN["person"], "ort": "Anderswo"}}
        draft = save(known, draft, other).json()
        assert (draft["origins"]["/person/ort"]["verified"], draft["origins"]["/person/ort"]["changed"]) == (
            False,
            True,
        )
        assert draft["origins"]["/person/vorname"]["verified"] is True
        draft = save(known, draft, {"person": PLAIN["person"]}).json()
        assert draft["origins"]["/person/ort"]["verified"] is True
        assert "/person/ort" not in save(known, draft, {}).json()["origins"]

    def test_what_she_entered_counts_more(self, known):
        draft = begun(known, {"person": {"vorname": "Rika"}})
        assert draft["answers"]["person"] == {**PLAIN["person"], "vorname": "Rika"}
        assert draft["origins"]["/person/vorname"]["changed"] is True

    def test_a_sign_in_without_trust_verifies_nothing(self, citizen):
        draft = begun(citizen().with_token(crafted_token(acr=NONE, **CLAIMS)), {})
        assert draft["answers"]["person"]["vorname"] == "Erika"
        assert {origin["verified"] for origin in draft["origins"].values()} == {False}


class TestTheClerk:
    def provenance(self, clerk, published, case_id):
        published.work(kinds={"advance"})
        return clerk("clara").get(f"/api/v1/cases/{case_id}").json()["provenance"]

    def test_sees_which_answers_are_verified(self, known, clerk, published):
        draft = begun(known, answered(person={**PLAIN["person"], "ort": "Anderswo"}))
        case_id = submit(known, draft).json()["id"]
        seen = self.provenance(clerk, published, case_id)
        assert seen["/person/vorname"] == {
            "source": "identity",
            "level": "low",
            "verified": True,
            "changed": False,
        }
        assert seen["/person/ort"]["verified"] is False
        assert seen["/person/ort"]["changed"] is True
        assert "/hund/rufname" not in seen

    def test_sees_it_of_an_application_without_a_draft_too(self, known, clerk, published):
        seen = self.provenance(clerk, published, known.submit().json()["id"])
        assert {origin["verified"] for origin in seen.values()} == {True}

    def test_sees_nothing_where_nothing_is_known(self, citizen, clerk, published):
        assert self.provenance(clerk, published, citizen().submit().json()["id"]) == {}

    def test_a_stronger_sign_in_at_the_end_counts(self, citizen, clerk, published):
        weak = citizen().with_token(crafted_token(acr=NONE, **CLAIMS))
        draft = begun(weak, PLAIN)
        strong = citizen().with_token(crafted_token(acr=LOW, **CLAIMS))
        seen = self.provenance(clerk, published, submit(strong, draft).json()["id"])
        assert {(origin["level"], origin["verified"]) for origin in seen.values()} == {("low", True)}

    def test_a_link_vouches_for_nothing(self, citizen, clerk, published):
        link = clerk("anna").post(LINKS, {"answers": DOG}).json()["token"]
        draft = begun(citizen(), {name: PLAIN[name] for name in PLAIN if name != "hund"}, prefill=link)
        hund = {**PLAIN["hund"], "rufname": "Bello"}
        draft = save(citizen(), draft, {**draft["answers"], "hund": hund}).json()
        seen = self.provenance(clerk, published, submit(citizen(), draft).json()["id"])
        assert seen == {
            "/hund/chipnummer": {"source": "link", "level": "none", "verified": False, "changed": False},
            "/hund/rufname": {"source": "link", "level": "none", "verified": False, "changed": True},
        }


class TestLinks:
    def test_a_link_begins_a_draft(self, citizen, clerk):
        answer = clerk("anna").post(LINKS, {"answers": DOG})
        assert answer.status_code == 201
        draft = begun(citizen(), {}, prefill=answer.json()["token"])
        assert draft["answers"] == DOG
        assert draft["origins"]["/hund/rufname"]["source"] == "link"

    def test_the_sign_in_counts_more_than_the_link(self, known, clerk):
        wrong = {"person": {"vorname": "Erich"}}
        link = clerk("anna").post(LINKS, {"answers": wrong}).json()["token"]
        draft = begun(known, {}, prefill=link)
        assert draft["answers"]["person"]["vorname"] == "Erika"

    def test_its_content_cannot_be_read_from_the_address(self, published, monkeypatch):
        portal = replace(settings.ENVIRONMENT, portal_url="https://portal.example")
        monkeypatch.setattr(settings, "ENVIRONMENT", portal)
        link = make_link(
            authority_id=published.id,
            service=SLUG,
            answers=DOG,
            valid_for=timedelta(days=1),
            now=published.now,
        )
        address, _, token = link.address.partition("#prefill=")
        assert (address, token) == (f"https://portal.example/services/{SLUG}", link.token)
        assert "Bella" not in link.address
        assert token.replace("-", "").replace("_", "").isalnum()

    def test_answers_that_are_wrong_are_refused_and_missing_ones_not(self, clerk, rows):
        before = rows()
        wrong = {"hund": {"chipnummer": "x"}, "unknown": 1}
        body = problem(clerk("anna").post(LINKS, {"answers": wrong}), 422, "invalid-answers")
        assert {error["pointer"] for error in body["errors"]} == {"/hund/chipnummer", "/unknown"}
        large = {
            "hund": {"rufname": "Bella"},
            "befreiung": {"art": "assistenzhund", "begruendung": "x" * 1900},
        }
        assert clerk("anna").post(LINKS, {"answers": large}).status_code == 201
        assert rows() == before

    def test_it_fits_into_an_address(self, published):
        with acting_for(authority_id=published.id), pytest.raises(LinkTooLong):
            seal_link(
                authority_id=published.id,
                service=SLUG,
                version_id=published.id,
                answers={"a": "x" * 5000},
                expires_at=published.now,
            )

    def test_only_configurators_make_links(self, clerk, citizen, nobody):
        problem(clerk("clara").post(LINKS, {"answers": {}}), 403, "forbidden")
        problem(citizen().post(LINKS, {"answers": {}}), 403, "forbidden")
        problem(nobody.post(LINKS, {"answers": {}}), 401, "not-signed-in")

    @pytest.mark.parametrize("days", [0, 366, -1])
    def test_no_link_is_for_ever(self, clerk, days):
        body = problem(clerk("anna").post(LINKS, {"answers": {}, "days": days}), 400, "bad-request")
        assert [error["pointer"] for error in body["errors"]] == ["/days"]


class TestRefusedLinks:
    def token(self, town, *, service=SLUG, expires=timedelta(days=1)):
        with acting_for(authority_id=town.id):
            return seal_link(
                authority_id=town.id,
                service=service,
                version_id=town.version.id,
                answers=DOG,
                expires_at=town.now + expires,
            )

    def why(self, town, token, *, service=SLUG):
        with acting_for(authority_id=town.id), pytest.raises(LinkRefused) as refused:
            open_link(authority_id=town.id, service=service, token=token, now=town.now)
        return refused.value.code

    @pytest.fixture
    def there(self, published):
        """The town, with the version it offers at hand."""

        class There:
            id, now = published.id, published.now
            version = published.publish()

        return There

    def test_expired(self, there):
        assert self.why(there, self.token(there, expires=timedelta(0))) == "link-expired"

    def test_for_another_service(self, there):
        assert self.why(there, self.token(there), service="other") == "link-other-service"

    def test_of_another_authority(self, there, published):
        other = type(published).found(now=published.now)
        assert self.why(other, self.token(there)) == "link-unreadable"

    def test_tampered_anywhere(self, there):
        token = self.token(there)
        for place in range(0, len(token), 7):
            changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            assert self.why(there, changed) == "link-unreadable"

    @pytest.mark.parametrize("token", ["", "x", "a" * 40, "ä" * 60, "=" * 60, "A" * 9_000])
    def test_rubbish(self, there, token):
        assert self.why(there, token) == "link-unreadable"

    def test_the_citizen_is_told_why_and_nothing_is_stored(self, citizen, rows):
        before = rows()
        body = problem(begin(citizen(), {}, prefill="rubbish"), 422, "prefill-link-refused")
        assert [(error["pointer"], error["code"]) for error in body["errors"]] == [
            ("/prefill", "link-unreadable")
        ]
        assert set(body["errors"][0]["texts"]) == {"de", "en"}
        assert rows() == before
        assert json.dumps(body)


def test_looking_at_a_draft_with_another_sign_in_changes_nothing(known, citizen):
    draft = begun(known, {})
    assert look(citizen(), draft)["origins"] == draft["origins"]
