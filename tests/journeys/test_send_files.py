"""Erika sends files with her application: a stranger's upload client, a line that breaks, a virus, a bucket."""

from __future__ import annotations

import base64
import io
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest
from tusclient.client import TusClient

from backend.demo.applications import PLAIN
from backend.demo.layout import WANTED_PORTS, Layout
from backend.demo.running import RunningTown
from backend.embedded.roles import Role
from tests.integration.files.clamd import EICAR, Clamd
from tests.integration.files.form_with_files import NOTE, PICTURE, PROOFS, with_files
from tests.integration.files.s3 import running_store
from tests.journeys.openapi import Contract
from tests.journeys.people import DOG_TAX, People, until

ROOT = Path(__file__).resolve().parents[2]


def photo(size: int) -> bytes:
    """A PDF of about `size` bytes that nobody can compress."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.Filler = pikepdf.Stream(document, os.urandom(size))
    target = io.BytesIO()
    document.save(target, compress_streams=False)
    return target.getvalue()


@pytest.fixture(scope="module")
def town():
    """A town of its own: files in a bucket, a virus scanner, and a dog tax that asks for files."""
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="laufzettel-files-")))
        for name in ("bucket", "clamd"):
            (base / name).mkdir()
        bucket = stack.enter_context(running_store(folder=base / "bucket"))
        clamd = stack.enter_context(Clamd(folder=base / "clamd"))
        settings = {**bucket.environment, "LAUFZETTEL_CLAMD": clamd.tcp}
        layout = Layout.of(base / "town", wanted_ports=dict.fromkeys(WANTED_PORTS), settings=settings)
        running = RunningTown(layout=layout)
        stack.callback(running.stop)
        running.start()
        publish(running, folder=base / "package")
        yield running, bucket


def publish(town: RunningTown, *, folder: Path) -> None:
    for name, content in with_files().files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    environment = town.layout.environment(
        databases=town.databases, role=Role.APP, broker=town.broker, process="publish-service"
    )
    command = [sys.executable, "-m", "backend", "publish-service", str(folder), "--authority", "musterhausen"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def people(town):
    layout = town[0].layout
    everybody = People(layout=layout, watch=Contract.fetched_from(layout.web_url).check)
    yield everybody
    everybody.close()


def new_draft(people) -> str:
    answer = people.citizen().post(
        f"/api/v1/services/{DOG_TAX}/drafts", {"answers": PLAIN}, **{"Idempotency-Key": os.urandom(12).hex()}
    )
    return str(answer["id"])


def uploader(people, draft: str, content: bytes, *, name: str, field: str, **options):
    erika = people.citizen()
    client = TusClient(
        f"{erika.web_url}/api/v1/drafts/{draft}/attachments",
        headers={"Authorization": f"Bearer {erika.token}"},
    )
    described = {"filename": name, "field": field}
    return client.uploader(file_stream=io.BytesIO(content), metadata=described, **options)


def judged(people, url: str):
    path = urlsplit(url).path

    def look():
        found = people.citizen().get(path)
        return found if found["status"] in {"stored", "refused"} else None

    return until(look, f"the judgement of {path}")


def break_off(people, url: str, content: bytes, *, offset: int, announced: int) -> None:
    """A request whose line breaks: it announces more bytes than it ever sends."""
    place = urlsplit(url)
    lines = [
        f"PATCH {place.path} HTTP/1.1",
        f"Host: {place.netloc}",
        f"Authorization: Bearer {people.citizen().token}",
        "Tus-Resumable: 1.0.0",
        f"Upload-Offset: {offset}",
        "Content-Type: application/offset+octet-stream",
        f"Content-Length: {announced}",
    ]
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + content)


def test_an_upload_survives_a_broken_line_and_reaches_the_clerk(people, town):
    before = set(town[1].objects())
    draft, content = new_draft(people), photo(12_000_000)
    first = uploader(people, draft, content, name="Bella im Grünen.pdf", field=PROOFS, chunk_size=1_000_000)
    for _ in range(3):
        first.upload_chunk()
    assert first.offset == 3_000_000
    break_off(people, first.url, content[3_000_000:3_700_000], offset=3_000_000, announced=9_000_000)
    resumed = uploader(
        people, draft, content, name="Bella im Grünen.pdf", field=PROOFS, chunk_size=4_000_000, url=first.url,
        upload_checksum=True,
    )  # fmt: skip
    until(lambda: resumed.get_offset() == 3_700_000, "what arrived before the line broke")
    resumed.offset = resumed.get_offset()
    resumed.upload()
    seen = judged(people, first.url)
    assert (seen["status"], seen["name"], seen["size"]) == ("stored", "Bella im Grünen.pdf", len(content))

    answers = {**PLAIN, "hund": {**PLAIN["hund"], "nachweise": [seen["id"]]}}
    erika = people.citizen()
    saved = erika.call(
        "PUT", f"/api/v1/drafts/{draft}", json={"answers": answers}, headers={"If-Match": '"1"'}
    ).json()
    receipt = erika.post(f"/api/v1/drafts/{draft}/submit", **{"If-Match": f'"{saved["revision"]}"'})
    people.find_task("s.berger", receipt["id"], "pruefung")
    clerk = people.clerk("s.berger")
    (shown,) = clerk.get(f"/api/v1/cases/{receipt['id']}/attachments")
    assert clerk.call("GET", shown["content"]).content == content
    sizes = [path.stat().st_size for path in set(town[1].objects()) - before]
    assert sizes == [len(content) + 28], "one object: nonce, ciphertext, tag; the parts are gone"


def test_a_client_that_sends_all_at_once(people):
    upload = uploader(people, new_draft(people), photo(9_000_000), name="bild.pdf", field=PICTURE)
    upload.upload()
    assert judged(people, upload.url)["status"] == "stored"


def test_malware_is_refused(people):
    upload = uploader(people, new_draft(people), EICAR, name="notiz.txt", field=NOTE)
    upload.upload()
    assert judged(people, upload.url)["reason"]["code"] == "infected"


def test_a_creation_that_says_which_question(people):
    erika, draft = people.citizen(), new_draft(people)
    described = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}"
        for name, value in (("filename", "a.pdf"), ("field", "/hund/rufname"))
    )
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": described}
    answer = erika.try_call("POST", f"/api/v1/drafts/{draft}/attachments", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("no-file-question")
