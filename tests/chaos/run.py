"""`python -m tests.chaos.run --seed N --seconds 60`: applications come in while a seeded plan kills everything."""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from backend.embedded.supervisor import stopping_on_signals
from tests.chaos.checker import Report
from tests.chaos.load import Citizen, ClerkRobot, Seen
from tests.chaos.sabotage import Sabotage
from tests.chaos.town import ChaosTown

QUIET_SECONDS = 240.0
PAUSES = (2.0, 6.0)
KILLS: dict[str, Callable[[Sabotage], object]] = {
    "web": lambda sabotage: sabotage.kill_all("web"),
    "worker": lambda sabotage: sabotage.kill("worker"),
    "worker's children": lambda sabotage: sabotage.kill_children("worker"),
    "outbound worker": lambda sabotage: sabotage.kill("outbound"),
    "relay": lambda sabotage: sabotage.kill("relay"),
    "beat": lambda sabotage: sabotage.kill("beat"),
    "valkey": lambda sabotage: sabotage.kill("valkey"),
    "postgres": lambda sabotage: sabotage.kill_all("postgres"),
}


@dataclass(frozen=True, slots=True)
class Kill:
    """`at` seconds after the start of the load."""

    at: float
    target: str


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    seen: Seen
    report: Report
    kills: Counter[str] = field(default_factory=Counter)
    seconds_until_quiet: float | None = None

    @property
    def violations(self) -> list[str]:
        late = [] if self.seconds_until_quiet is not None else [f"not quiet within {QUIET_SECONDS:.0f} s"]
        empty = [] if self.seen.receipts else ["no application was accepted at all"]
        return [*late, *empty, *self.seen.refused, *self.report.violations]


def plan(*, seed: int, seconds: float) -> list[Kill]:
    """The same seed kills the same things at the same times; the first round reaches every target once."""
    chance = random.Random(seed)
    first = chance.sample(list(KILLS), len(KILLS))
    kills, at = [], chance.uniform(*PAUSES)
    while at < seconds:
        target = first.pop() if first else chance.choice(list(KILLS))
        kills.append(Kill(at=at, target=target))
        at += chance.uniform(*PAUSES)
    return kills


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long applications come in")
    parser.add_argument("--clients", type=int, default=3, help="citizens who apply at the same time")
    parser.add_argument("--folder", type=Path, help="keep everything there (default: a temporary folder)")
    chosen = parser.parse_args(arguments)
    console = Console(highlight=False)
    if chosen.folder is not None:
        chosen.folder.mkdir(parents=True)
    with stopping_on_signals(), ChaosTown.open(own_broker=False, folder=chosen.folder) as town:
        outcome = run(
            town=town, seed=chosen.seed, seconds=chosen.seconds, clients=chosen.clients, console=console
        )
    show(outcome, console, seed=chosen.seed)
    return 1 if outcome.violations else 0


def run(*, town: ChaosTown, seed: int, seconds: float, clients: int, console: Console) -> Outcome:
    seen, closing, home = Seen(), threading.Event(), threading.Event()
    citizens = [
        Citizen(number=number, seed=seed, layout=town.layout, seen=seen, stop=closing)
        for number in range(clients)
    ]
    clerk = ClerkRobot(layout=town.layout, seen=seen, stop=home)
    outcome = Outcome(seen=seen, report=Report())
    for person in (*citizens, clerk):
        person.start()
    try:
        kills = plan(seed=seed, seconds=seconds)
        _kill_by_plan(sabotage=town.sabotage, kills=kills, seconds=seconds, outcome=outcome, console=console)
        closing.set()
        for citizen in citizens:
            citizen.join()
        with suppress(AssertionError):
            outcome.seconds_until_quiet = town.wait_quiet(seconds=QUIET_SECONDS)
    finally:
        closing.set()
        home.set()
    clerk.join()
    town.receipts.extend(seen.receipts)
    outcome.report = town.account(unanswered=seen.unanswered)
    audit = town.verify_audit()
    outcome.report.expect(audit.returncode == 0, f"verify-audit: {audit.stdout.strip()}")
    return outcome


def _kill_by_plan(
    *, sabotage: Sabotage, kills: list[Kill], seconds: float, outcome: Outcome, console: Console
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    started = time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("Load …", total=seconds)
        remaining = list(kills)
        while (passed := time.monotonic() - started) < seconds:
            progress.update(bar, completed=passed, description=f"{len(outcome.seen.receipts)} accepted")
            if remaining and passed >= remaining[0].at:
                target = remaining.pop(0).target
                hit = KILLS[target](sabotage)
                outcome.kills[target if hit else f"{target} (was down)"] += 1
                console.print(f"  {passed:5.1f} s  kill -9 {target}{'' if hit else ' (was down)'}")
            time.sleep(0.05)


def show(outcome: Outcome, console: Console, *, seed: int) -> None:
    table = Table(title=f"Chaos with seed {seed}", show_header=False)
    rows = {
        "accepted applications": len(outcome.seen.receipts),
        "never answered": len(outcome.seen.unanswered),
        "seconds to a receipt (median, longest)": _spread(outcome.seen.seconds),
        "seconds until quiet": outcome.seconds_until_quiet and round(outcome.seconds_until_quiet, 1),
        **outcome.report.counts,
        "kills": ", ".join(f"{name} {number}" for name, number in sorted(outcome.kills.items())),
        "answers": ", ".join(f"{name} × {number}" for name, number in sorted(outcome.seen.answers.items())),
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    console.print(table)
    for violation in outcome.violations[:50]:
        console.print(f"[red]violated:[/] {violation}", soft_wrap=True)
    if outcome.violations:
        console.print(f"[red]{len(outcome.violations)} violations.[/]")
    else:
        console.print("[green]Nothing was lost, nothing was done twice.[/]")


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f}, {max(seconds):.1f}" if seconds else "–"


if __name__ == "__main__":
    sys.exit(main())
