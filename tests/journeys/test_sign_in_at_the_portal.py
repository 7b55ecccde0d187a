"""Somebody tries the demo's sign-in in a browser: there, who am I, and out again."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
import pytest


class _Page(HTMLParser):
    """The links, and the one form with its fields and buttons."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.url, self.text = str(answer.url), answer.text
        self.links: list[str] = []
        self.action, self.fields, self.buttons = "", {}, []
        self.feed(answer.text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"])
        if tag == "form":
            self.action = urljoin(self.url, given["action"])
        if tag == "input":
            self.fields[given["name"]] = given["value"]
        if tag == "button" and "name" in given:
            self.buttons.append((given["name"], given["value"]))


@pytest.fixture
def browser(town):
    with httpx.Client(
        timeout=20, trust_env=False, follow_redirects=True, base_url=town.layout.web_url
    ) as http:
        yield http


def test_reads_her_data_as_people_write_them(browser):
    page = sign_in(browser, "buergerkonto", "erika").text
    assert "Heidestraße 17, 31999, Musterhausen, DE" in page
    assert "26. Januar 1984" in page
    assert page.index("Vorname") < page.index("Familienname") < page.index("Geburtsdatum")


def sign_in(browser, way, account):
    ways = _Page(browser.get("/sign-in"))
    (link,) = [one for one in ways.links if f"/{way}/" in one]
    issuer = _Page(browser.get(link))
    assert ("account", account) in issuer.buttons
    return browser.post(issuer.action, data={**issuer.fields, "account": account})


@pytest.mark.parametrize(
    ("way", "account", "name"), [("buergerkonto", "erika", "Erika"), ("rathaus", "s.berger", "Sabine")]
)
def test_signs_in_and_out_through_the_pages(browser, way, account, name):
    arrived = sign_in(browser, way, account)
    assert (arrived.status_code, urlsplit(str(arrived.url)).path) == (200, "/signed-in")
    assert name in arrived.text
    out = _Page(arrived)
    left = browser.post(out.action, data=out.fields, headers={"Referer": str(arrived.url)})
    assert left.status_code == 200
    assert "Sie sind abgemeldet" in left.text
    again = browser.get("/signed-in")
    assert urlsplit(str(again.url)).path == "/sign-in"
