from __future__ import annotations

import pytest

from workflows.untrusted_xml import XmlProblem, local_name, read_xml


def refusal(xml: bytes) -> str:
    with pytest.raises(XmlProblem) as caught:
        read_xml(xml=xml)
    return caught.value.problems[0].code


def test_plain_xml_is_read_without_comments() -> None:
    root = read_xml(xml=b'<a xmlns="urn:x"><!-- no --><?pi no?><b/></a>')
    assert [local_name(child) for child in root] == ["b"]


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "xml-broken"),
        (b"<a>", "xml-broken"),
        (b"\xff\xfe\x00", "xml-broken"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>', "xml-doctype"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "xml-doctype"),
        (b"<a>" * 65 + b"</a>" * 65, "xml-too-large"),
        (b"<a>" + b"<b/>" * 50_000 + b"</a>", "xml-too-large"),
        (b" " * 2_000_001, "xml-too-large"),
    ],
)
def test_hostile_or_broken_xml_is_refused(xml: bytes, code: str) -> None:
    assert refusal(xml) == code


def test_a_bomb_of_entities_is_refused_quickly() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "x">{levels}]><a>&e11;</a>'
    assert refusal(bomb.encode()) in {"xml-doctype", "xml-broken"}
