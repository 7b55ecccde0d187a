"""XML from a stranger: bombs, oversized and broken files are refused, and memory stays small."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from forms.xml_stream import XmlProblems, read_tree

ROOT = Path(__file__).resolve().parents[3]
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "haha">
%s]><a>&b9;</a>""" % b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 10) for n in range(1, 10))


def refused(xml: bytes) -> tuple[str, str]:
    with pytest.raises(XmlProblems) as caught:
        read_tree(file=BytesIO(xml))
    (found,) = caught.value.problems
    return found.where, found.code


def test_elements_text_attributes_and_lines_are_read():
    root = read_tree(file=BytesIO(b'<a xmlns="urn:x">\n <b c="1"> Te<!-- x -->xt </b>\n</a>'))
    assert (root.space, root.name, root.text) == ("urn:x", "a", "")
    (child,) = root.children
    assert (child.line, child.attributes, child.text) == (2, {"c": "1"}, "Text")
    assert root.text_of("b") == "Text"
    assert root.text_of("b", "c") == ""


def test_skipped_elements_leave_nothing():
    root = read_tree(file=BytesIO(b"<a>1<s>x<t/></s>2</a>"), skipped=frozenset({"s"}))
    assert (root.text, root.children) == ("12", [])


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (LAUGHS, "xml-doctype"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml-doctype"),
        (b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]><a/>', "xml-doctype"),
        (b"<!DOCTYPE a><a/>", "xml-doctype"),
        (b"", "xml-broken"),
        (b"<a>", "xml-broken"),
        (b"<a>&b;</a>", "xml-broken"),
        (b"<a></b>", "xml-broken"),
        (b"PK\x03\x04", "xml-broken"),
        (b'<?xml version="1.0" encoding="erfunden"?><a/>', "xml-broken"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "xml-broken"),
        (b"<a>\xff</a>", "xml-broken"),
        (b"<a>" * 101, "xml-too-deep"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", "xml-too-large"),
        (b"<a b='" + b"x" * 3_000_000 + b"'/>", "xml-too-large"),
    ],
)
def test_what_is_hostile_or_broken_is_refused(xml, code):
    where, found = refused(xml)
    assert found == code
    assert where.startswith("line ")


def test_the_line_of_the_fault_is_named():
    assert refused(b"<a>\n<b>\n</a>")[0] == "line 3"


# Each of them is about 50 MB; the child reports its peak in MB.
BIG = {
    "one attribute": "b'<a b=\"' + b'x' * 49_000_000 + b'\"/>'",
    "one text": "b'<a>' + b'x' * 49_000_000 + b'</a>'",
    "many elements": "b'<a>' + b'<bb/>' * 9_000_000 + b'</a>'",
    "elements with attributes": "b'<a>' + b'<b c=\"1234567890\"/>' * 2_400_000 + b'</a>'",
    "many skipped": "b'<a>' + b'<relation/>' * 4_000_000 + b'</a>'",
    "too many bytes": "b'<a>' + b' ' * 50_000_000 + b'</a>'",
    "one comment": "b'<a><!--' + b'x' * 49_000_000 + b'--></a>'",
}


@pytest.mark.parametrize("name", BIG)
def test_fifty_megabytes_stay_below_three_hundred(name, tmp_path):
    file = tmp_path / "big.xml"
    file.write_bytes(eval(BIG[name]))  # noqa: S307 -- our own table
    # Not ru_maxrss: that begins with the size of whoever started the process.
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from forms.xml_stream import XmlProblems, read_tree\n"
        "try:\n"
        "    read_tree(file=open(sys.argv[1], 'rb'), skipped=frozenset({'relation'}))\n"
        "except XmlProblems as error:\n"
        "    peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]\n"
        "    print(error.problems[0].code, int(peak) // 1024)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(file)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    reason, megabytes = shown.stdout.split()
    assert reason == "xml-too-large"
    assert int(megabytes) < 300
