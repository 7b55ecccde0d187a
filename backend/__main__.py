"""`python -m backend <command>`: finds the command and runs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from backend.commands import COMMANDS


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit status (0 well, 1 found something wrong, 2 called wrongly)."""
    parser = argparse.ArgumentParser(prog="python -m backend", description="Laufzettel on the command line.")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        subparsers.add_parser(name, help=command.purpose, description=command.purpose, add_help=False)
    chosen, rest = parser.parse_known_args(arguments[:1] or ["--help"])
    # Only the chosen command is imported: checking a package needs neither Django nor a database.
    command = COMMANDS[chosen.command]
    module = import_module(command.module)
    own = argparse.ArgumentParser(prog=f"python -m backend {chosen.command}", description=command.purpose)
    module.add_arguments(own)
    return int(module.run(own.parse_args([*rest, *arguments[1:]])))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
