"""The commands of `python -m backend`: adding one = one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """Where a command lives (it has `add_arguments` and `run`) and what it is for."""

    module: str
    purpose: str


COMMANDS: Mapping[str, Command] = {
    "access-matrix": Command(
        "backend.commands.access_matrix", "Print who may do what, as the page docs/reference/access.md."
    ),
    "add-authority": Command("backend.commands.add_authority", "Add a municipality or office."),
    "add-clerk": Command("backend.commands.add_clerk", "Add an account for somebody who works here."),
    "add-unit": Command("backend.commands.add_unit", "Add an organisational unit, or rename it."),
    "attention": Command("backend.commands.attention", "List what needs attention, or try one entry again."),
    "check-service": Command(
        "backend.commands.check_service", "Report everything wrong with a service package."
    ),
    "demo": Command("backend.demo.run", "Start a whole demo town and walk an application through it."),
    "demo-town": Command("backend.demo.town", "Set up Stadt Musterhausen (part of demo)."),
    "import-fim": Command(
        "backend.commands.import_fim", "Make a service package from a FIM form (XDatenfelder 2 or 3)."
    ),
    "init-database": Command("backend.commands.init_database", "Create database and roles on a server."),
    "migrate": Command("backend.commands.migrate", "Bring the database's tables up to date."),
    "prefill-link": Command(
        "backend.commands.prefill_link", "Make a link that begins a draft with answers filled in."
    ),
    "publish-service": Command(
        "backend.commands.publish_service", "Publish a service package for an authority."
    ),
    "relay": Command("backend.commands.relay", "Run the relay: hands due work to the workers."),
    "revoke-tokens": Command(
        "backend.commands.revoke_tokens", "End a token, or everything of a person, before its time."
    ),
    "verify": Command("backend.commands.verify", "Check whether a sealed PDF is genuine and unchanged."),
    "verify-audit": Command("backend.commands.verify_audit", "Prove that no record of any case was altered."),
}
