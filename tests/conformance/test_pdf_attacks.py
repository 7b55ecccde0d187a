"""Look here for what our verification says about other people's damaged, foreign and hostile PDFs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from signing.verify import verify
from tests.unit.signing.letter_samples import AT, development

FOLDER = (
    Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[2] / "../shared/conformance"))
    / "pdf"
    / "dss-pades"
)

# File → the reasons we must give, and whether the seal covers the whole file.
EXPECTED = {
    "BadEncodedCMS.pdf": ({"broken-signature"}, True),
    "DSS1376-rev_n.pdf": ({"several-signatures"}, False),
    "Signature-P-BG_BOR-1.pdf": ({"not-pades"}, False),
    "Signature-P-HU_MIC-1.pdf": ({"unknown-addition"}, True),
    "doc-firmado-LT.pdf": ({"changed-after-sealing", "broken-signature"}, False),
    "doc-firmado-T.pdf": ({"broken-signature"}, True),
    "hide.pdf": ({"broken-structure"}, False),
    "not_signed_pdfa.pdf": ({"no-signature"}, False),
    "pades_infinite_loop.pdf": ({"broken-structure"}, False),
}


@pytest.fixture(autouse=True)
def _files():
    if not FOLDER.is_dir():
        reason = f"No conformance files at {FOLDER}; set CONFORMANCE_DIR."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def test_every_file_is_expected_here():
    assert {path.name for path in FOLDER.glob("*.pdf")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_attacks_are_refused_with_their_reason_and_soon(name):
    reasons, covers = EXPECTED[name]
    began = time.monotonic()
    verdict = verify(pdf=(FOLDER / name).read_bytes(), trusted_pem=[development().certificate_pem], at=AT)
    assert time.monotonic() - began < 5
    assert {finding.code for finding in verdict.findings} == reasons
    assert not verdict.intact
    assert not verdict.trusted
    assert verdict.covers_whole_file is covers
    assert all(finding.text["de"] and finding.text["en"] for finding in verdict.findings)
