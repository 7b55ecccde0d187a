"""Read this to see what the mail sink's index says about mails, also about strange ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.embedded.mails import INDEX, MailFolder, plan_failure, read_index

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_index_shows_decoded_subject_envelope_and_message_id(tmp_path: Path) -> None:
    content = b"Message-ID: <7@x>\r\nTo: other@example.org\r\nSubject: =?utf-8?q?Ihr_Bescheid_=C3=BCber?=\r\n\r\nText"
    mail = MailFolder(folder=tmp_path).store(content=content, sender="a@b", recipients=["c@d"], at=NOW)
    assert (mail.message_id, mail.to, mail.subject) == ("<7@x>", ("c@d",), "Ihr Bescheid über")
    assert mail.time == "2026-03-01T12:30:00+00:00"
    assert read_index(tmp_path) == [mail]
    assert (tmp_path / mail.file).read_bytes() == content


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300) | st.binary(max_size=80).map(b"Subject: ".__add__))
def test_any_bytes_are_kept_as_they_are(tmp_path: Path, content: bytes) -> None:
    mail = MailFolder(folder=tmp_path).store(content=content, sender="", recipients=[], at=NOW)
    assert read_index(tmp_path)[-1] == mail
    assert (tmp_path / mail.file).read_bytes() == content


def test_a_line_torn_by_a_crash_hides_no_later_mail(tmp_path: Path) -> None:
    folder = MailFolder(folder=tmp_path)
    first = folder.store(content=b"", sender="", recipients=[], at=NOW)
    with (tmp_path / INDEX).open("ab") as index:
        index.write(b'{"time": "20')
    second = folder.store(content=b"", sender="", recipients=[], at=NOW)
    assert read_index(tmp_path) == [first, second]


def test_planned_failures_count_down(tmp_path: Path) -> None:
    folder = MailFolder(folder=tmp_path)
    plan_failure(folder=tmp_path, kind="fail-next", count=2)
    assert [folder.planned_failure() for _ in range(3)] == ["fail-next", "fail-next", None]
    (tmp_path / "control").write_text("fail-next many")
    assert folder.planned_failure() is None
