"""Uploads by tus 1.0.0 through the public door: whole, in parts, broken off and continued, refused by name."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest
from django.conf import settings

from tests.integration.database import ops
from tests.integration.door import at_once, problem, same_answer
from tests.integration.files.desk import (
    TUS,
    begin,
    begun,
    checksum,
    delete,
    head,
    look,
    metadata,
    new_draft,
    patch,
    pdf,
    uploaded,
)
from tests.integration.files.form_with_files import NOTE, PICTURE, PROOFS, with_files


@pytest.fixture
def published(town):
    town.publish(with_files())
    return town


@pytest.fixture
def erika(citizen):
    return citizen("erika")


@pytest.fixture
def draft(erika, published):
    return new_draft(erika, published)


def stored_bytes(town):
    folder = settings.ENVIRONMENT.files_folder / str(town.id)
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_the_server_can_do(nobody, draft):
    for path in (f"/api/v1/drafts/{draft}/attachments", f"/api/v1/attachments/{uuid4()}"):
        answer = nobody.call("OPTIONS", path)
        assert answer.status_code == 204
        assert answer["Tus-Version"] == "1.0.0"
        assert set(answer["Tus-Extension"].split(",")) == {
            "creation", "creation-with-upload", "checksum", "expiration", "termination",
        }  # fmt: skip
        assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
        assert int(answer["Tus-Max-Size"]) == 50_000_000


def test_an_upload_in_parts(erika, draft, published):
    content = pdf(size=5000)
    answer = begin(erika, draft, length=len(content), name="Bella (2).pdf")
    assert answer.status_code == 201
    assert answer["Upload-Offset"] == "0"
    assert answer["Tus-Resumable"] == "1.0.0"
    assert parsedate_to_datetime(answer["Upload-Expires"])
    url = "/api/v1/" + answer["Location"].partition("/api/v1/")[2]
    for start in range(0, len(content), 2000):
        known = head(erika, url)
        assert (known["Upload-Offset"], known["Upload-Length"]) == (str(start), str(len(content)))
        assert "no-store" in known["Cache-Control"]
        answer = patch(erika, url, content[start : start + 2000], offset=start)
        assert answer.status_code == 204
        assert answer["Upload-Offset"] == str(min(start + 2000, len(content)))
    assert "Upload-Expires" not in answer, "what is complete does not expire"
    assert look(erika, url)["status"] == "checking"
    published.work(kinds={"inspect-file"})
    seen = look(erika, url)
    assert (seen["name"], seen["field"]) == ("Bella (2).pdf", PICTURE)
    assert (seen["size"], seen["received"], seen["content_type"]) == (
        len(content),
        len(content),
        "application/pdf",
    )
    (mine,) = erika.get(f"/api/v1/drafts/{draft}/attachments").json()
    assert mine == seen
    assert len(stored_bytes(published)) == 1, "the parts are gone"


def test_an_upload_with_its_creation(erika, draft):
    content = pdf()
    answer = begin(erika, draft, length=len(content), body=content[:100])
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "100")
    url = "/api/v1/" + answer["Location"].partition("/api/v1/")[2]
    assert patch(erika, url, content[100:], offset=100).status_code == 204
    assert look(erika, url)["status"] == "checking"


def test_a_large_body_is_stored_in_pieces_and_comes_back_whole(erika, draft, published):
    content = pdf(size=17_000_000)
    url = uploaded(erika, draft, content, field=PROOFS)
    assert ops("select count(*) from attachment_part where authority_id = %s", published.id) == [(3,)]
    published.work(kinds={"inspect-file"})
    assert look(erika, url)["content_type"] == "application/pdf"
    assert ops("select size from stored_file where authority_id = %s", published.id) == [(len(content),)]


def test_the_method_can_be_sent_in_a_header(erika, draft):
    url = begun(erika, draft, length=10)
    sent = {**TUS, "X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    answer = erika.call(
        "POST", url, data=b"12345", content_type="application/offset+octet-stream", headers=sent
    )
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "5")
    sent = {**TUS, "X-HTTP-Method-Override": "DELETE"}
    assert erika.call("POST", url, headers=sent).status_code == 204
    problem(erika.get(url), 404, "not-found")


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_checksum_is_checked_before_anything_counts(erika, draft, published, algorithm):
    url = begun(erika, draft, length=10)
    wrong = patch(erika, url, b"12345", offset=0, **checksum(b"12346", algorithm))
    problem(wrong, 460, "checksum-mismatch")
    assert head(erika, url)["Upload-Offset"] == "0"
    assert stored_bytes(published) == []
    assert patch(erika, url, b"12345", offset=0, **checksum(b"12345", algorithm)).status_code == 204


@pytest.mark.parametrize("value", ["md5 AAAA", "sha256", "sha256 *", "", "sha256 AAAA AAAA"])
def test_a_checksum_nobody_understands(erika, draft, value):
    url = begun(erika, draft, length=10)
    answer = patch(erika, url, b"12345", offset=0, **{"Upload-Checksum": value})
    assert answer.status_code in {400, 460}
    assert head(erika, url)["Upload-Offset"] == "0"


def test_bytes_that_do_not_continue_are_refused_with_the_right_place(erika, draft):
    url = begun(erika, draft, length=10)
    patch(erika, url, b"123", offset=0)
    for offset in (0, 2, 4, 10, 999):
        answer = patch(erika, url, b"1", offset=offset)
        assert problem(answer, 409, "upload-offset")["offset"] == 3
        assert answer["Upload-Offset"] == "3"


def test_more_bytes_than_announced_are_refused_whole(erika, draft, published):
    url = begun(erika, draft, length=10)
    assert problem(patch(erika, url, b"x" * 11, offset=0), 413, "file-too-large")["limit"] == 10
    assert head(erika, url)["Upload-Offset"] == "0"
    assert stored_bytes(published) == []


def test_a_complete_upload_takes_nothing_more(erika, draft):
    url = uploaded(erika, draft, b"not a pdf")
    problem(patch(erika, url, b"x", offset=9), 413, "file-too-large")
    assert patch(erika, url, b"", offset=9).status_code == 204, (
        "the last answer was lost: asking again is fine"
    )


@pytest.mark.parametrize("content", [pdf(), b"MZ this is a program"], ids=["fine", "refused"])
def test_nothing_sent_changes_nothing(erika, draft, published, content):
    url = begun(erika, draft, length=len(content))
    for start, end in ((0, 10), (10, len(content))):
        assert patch(erika, url, b"", offset=start, **checksum(b"")).status_code == 204
        assert patch(erika, url, content[start:end], offset=start).status_code == 204
    published.work(kinds={"inspect-file"})
    judged, before = look(erika, url)["status"], stored_bytes(published)
    assert patch(erika, url, b"", offset=len(content), **checksum(b"")).status_code == 204
    assert (look(erika, url)["status"], stored_bytes(published)) == (judged, before)
    assert len(published.commands(kind="inspect-file")) == 1


def test_an_empty_body_with_a_wrong_checksum_is_refused(erika, draft):
    url = begun(erika, draft, length=10)
    problem(patch(erika, url, b"", offset=0, **checksum(b"x")), 460, "checksum-mismatch")


def test_a_creation_whose_body_is_refused_leaves_no_upload(erika, draft, published):
    problem(begin(erika, draft, length=10, body=b"12345", **checksum(b"x")), 460, "checksum-mismatch")
    problem(begin(erika, draft, length=3, body=b"12345"), 413, "file-too-large")
    assert erika.get(f"/api/v1/drafts/{draft}/attachments").json() == []
    assert stored_bytes(published) == []


@pytest.mark.parametrize(
    ("headers", "status", "code", "names"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "tus-version", None),
        ({"Tus-Resumable": ""}, 412, "tus-version", None),
        ({"Upload-Length": ""}, 400, "bad-request", "Upload-Length"),
        ({"Upload-Length": "-1"}, 400, "bad-request", "Upload-Length"),
        ({"Upload-Length": "1e3"}, 400, "bad-request", "Upload-Length"),
        ({"Upload-Length": "²"}, 400, "bad-request", "Upload-Length"),
        ({"Upload-Length": "9" * 40}, 400, "bad-request", "Upload-Length"),
        ({"Upload-Length": "10000001"}, 413, "file-too-large", None),
        ({"Upload-Metadata": ""}, 400, "bad-request", "Upload-Metadata"),
        ({"Upload-Metadata": "filename YQ=="}, 400, "bad-request", "Upload-Metadata"),
        ({"Upload-Metadata": "filename YQ==,field *"}, 400, "bad-request", "Upload-Metadata"),
        ({"Upload-Metadata": "filename /w==,field YQ=="}, 400, "bad-request", "Upload-Metadata"),
        ({"Upload-Metadata": "field YQ==,filename YQ==,field YQ=="}, 400, "bad-request", "Upload-Metadata"),
        ({"Upload-Metadata": metadata("a.pdf", "/hund/rufname")}, 422, "no-file-question", None),
        ({"Upload-Metadata": metadata("a.pdf", "/nirgends")}, 422, "no-file-question", None),
        ({"Upload-Metadata": metadata("a.pdf", "bild")}, 422, "no-file-question", None),
        ({"Upload-Metadata": metadata("../..", PICTURE)}, 422, "no-file-name", None),
    ],
)  # fmt: skip
def test_what_cannot_begin(erika, draft, rows, headers, status, code, names):  # noqa: PLR0917
    before = rows()
    answer = begin(erika, draft, length=10, **headers)
    body = problem(answer, status, code)
    assert names is None or [entry["pointer"] for entry in body["errors"]] == [names]
    assert answer["Tus-Resumable"] == "1.0.0"
    assert rows() == before


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": "2.0.0"}, 412, "tus-version"),
        ({"Upload-Offset": ""}, 400, "bad-request"),
        ({"Upload-Offset": "-0"}, 400, "bad-request"),
        ({"Content-Length": ""}, 400, "bad-request"),
        ({"Content-Type": "application/json"}, 415, "upload-media-type"),
        ({"Content-Type": "application/octet-stream"}, 415, "upload-media-type"),
    ],
)
def test_what_cannot_continue(erika, draft, headers, status, code):
    url = begun(erika, draft, length=10)
    problem(patch(erika, url, b"12345", offset=0, **headers), status, code)
    assert head(erika, url)["Upload-Offset"] == "0"


def test_a_stranger_sees_nothing(erika, citizen, clerk, nobody, draft, published):  # noqa: PLR0917
    url = uploaded(erika, draft, pdf())
    published.work(kinds={"inspect-file"})
    paul, missing = citizen("paul"), f"/api/v1/attachments/{uuid4()}"
    for ask in (
        paul.get,
        lambda url: head(paul, url),
        lambda url: patch(paul, url, b"x", offset=0),
        lambda url: delete(paul, url),
        lambda url: paul.get(f"{url}/content"),
    ):
        assert ask(url).status_code == 404
        assert same_answer(ask(url), ask(missing))
    problem(begin(paul, draft, length=10), 404, "not-found")
    problem(paul.get(f"/api/v1/drafts/{draft}/attachments"), 404, "not-found")
    problem(begin(clerk("clara"), draft, length=10), 403, "forbidden")
    problem(clerk("clara").get(f"{url}/content"), 403, "forbidden")
    problem(clerk("clara").get(f"/api/v1/cases/{draft}/attachments"), 404, "not-found")
    problem(begin(nobody, draft, length=10), 401, "not-signed-in")
    problem(nobody.get(f"{url}/content"), 401, "not-signed-in")


def test_a_file_is_taken_out_of_the_draft(erika, draft, published):
    finished, unfinished = uploaded(erika, draft, pdf()), begun(erika, draft, length=99, body=b"123")
    published.work(kinds={"inspect-file"})
    for url in (finished, unfinished):
        assert delete(erika, url).status_code == 204
        problem(erika.get(url), 404, "not-found")
    assert stored_bytes(published) == []
    assert erika.get(f"/api/v1/drafts/{draft}/attachments").json() == []


def test_of_two_who_send_the_same_part_at_once_one_wins(erika, draft, published):
    url = begun(erika, draft, length=20)
    content = [bytes([65 + number]) * 10 for number in range(4)]
    answers = at_once(*(lambda c=c: patch(erika, url, c, offset=0) for c in content))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
    assert head(erika, url)["Upload-Offset"] == "10"
    assert len(stored_bytes(published)) == 1, "the losers took their bytes away"


def test_a_draft_holds_twenty_files(erika, draft):
    for _ in range(20):
        begun(erika, draft, length=10)
    problem(begin(erika, draft, length=10), 409, "too-many-files")


def test_twenty_files_also_if_begun_at_once(erika, draft):
    for _ in range(18):
        begun(erika, draft, length=10)
    answers = at_once(*(lambda: begin(erika, draft, length=10) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]


def test_a_draft_holds_two_hundred_megabytes(erika, draft):
    for _ in range(10):
        begun(erika, draft, length=20_000_000, field=PROOFS)
    problem(begin(erika, draft, length=1), 409, "too-many-files")


def test_a_refused_file_says_why_and_makes_room(erika, draft, published):
    url = uploaded(erika, draft, b"MZ\x90\x00 this is a program", name="bild.pdf")
    published.work(kinds={"inspect-file"})
    seen = look(erika, url)
    assert seen["status"] == "refused"
    assert seen["reason"]["code"]
    assert set(seen["reason"]["texts"]) == {"de", "en"}
    assert seen["content"] is None
    assert stored_bytes(published) == []
    body = problem(erika.get(f"{url}/content"), 409, "attachment-not-available")
    assert body["attachment"] == "refused"
    again = begun(erika, draft, length=10)
    problem(erika.get(url), 404, "not-found")
    assert look(erika, again)["status"] == "uploading"


def test_what_expired_is_gone_though_nobody_has_swept(erika, draft):
    url = begun(erika, draft, length=10)
    ops("update attachment set expires_at = now() - interval '1 second' where id = %s", url.rsplit("/", 1)[1])
    problem(erika.get(url), 404, "not-found")
    problem(patch(erika, url, b"x", offset=0), 404, "not-found")
    assert head(erika, url).status_code == 404


def test_a_store_that_is_away_is_told_and_nothing_is_lost(erika, draft, published):
    url = begun(erika, draft, length=10)
    blocked = settings.ENVIRONMENT.files_folder / str(published.id)
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where the folder should be")
    answer = patch(erika, url, b"12345", offset=0)
    problem(answer, 503, "unavailable")
    assert answer["Retry-After"]
    blocked.unlink()
    assert head(erika, url)["Upload-Offset"] == "0"
    assert patch(erika, url, b"12345", offset=0).status_code == 204


def test_a_small_question_takes_only_small_files(erika, draft):
    assert problem(begin(erika, draft, length=1001, field=NOTE), 413, "file-too-large")["limit"] == 1000
