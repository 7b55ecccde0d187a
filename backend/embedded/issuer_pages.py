"""The development issuer's few web pages: choose an account, an error, signed out. In German."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from backend.embedded.issuer_accounts import Account, Realm

_STYLE = (
    "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:38rem;margin:2rem auto;padding:0 1rem;"
    "color:#171a2b;background:#fff}"
    "button{font:inherit;display:block;width:100%;text-align:left;padding:.75rem 1rem;margin:.5rem 0;"
    "border:2px solid #3b3f9e;border-radius:.25rem;background:#fff;color:#171a2b;cursor:pointer}"
    "button:hover{background:#eef}button:focus-visible{outline:3px solid #171a2b;outline-offset:2px}"
    "p.note{border-left:.375rem solid #b35c00;padding-left:.75rem}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def choose_account(*, realm: Realm, accounts: Iterable[Account], request: Mapping[str, str]) -> str:
    """The sign-in page: one button for each account; the request travels along in hidden fields."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
        for key, value in request.items()
    )
    buttons = "".join(
        f'<button type="submit" name="account" value="{escape(account.subject)}">'
        f"{escape(account.label)}</button>"
        for account in accounts
    )
    return _page(
        title=realm.title,
        body=(
            '<p class="note">Dies ist eine Anmeldung nur für die Entwicklung. '
            "Alle Personen sind erfunden.</p>"
            '<h2 id="wer">Als wer möchten Sie sich anmelden?</h2>'
            f'<form method="post" action="/{escape(realm.name)}/authorize" aria-labelledby="wer">'
            f"{hidden}{buttons}"
            "</form>"
        ),
    )


def problem(*, what: str, advice: str) -> str:
    """An error which must not be sent back to the application (RFC 6749, section 4.1.2.1)."""
    return _page(
        title="Anmeldung nicht möglich", body=f'<p role="alert">{escape(what)}</p><p>{escape(advice)}</p>'
    )


def signed_out() -> str:
    return _page(title="Abgemeldet", body="<p>Sie sind abgemeldet. Sie können dieses Fenster schließen.</p>")


def _page(*, title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="de"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
