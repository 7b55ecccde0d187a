"""`demo`: starts the town under a supervisor, walks the tour, and stays up until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from backend.demo.client import Unexpected
from backend.demo.layout import Layout
from backend.demo.running import RunningTown
from backend.demo.tour import Tour, TourResult
from backend.embedded.private_files import FolderLock
from backend.embedded.processes import ServiceFailed
from backend.embedded.supervisor import stopping_on_signals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--exit", action="store_true", help="end after the tour")
    parser.add_argument("--reset", action="store_true", help="start over: forget the kept data")
    parser.add_argument("--no-tour", action="store_true", help="only start the town")
    parser.add_argument("--folder", type=Path, default=Path("var/demo"), help="where everything is kept")


def run(arguments: argparse.Namespace) -> int:
    console = Console(highlight=False)
    folder = arguments.folder.resolve()
    try:
        if arguments.reset:
            _forget(folder)
        layout = Layout.of(folder)
        town = RunningTown(layout=layout)
        with stopping_on_signals(town):
            try:
                _show(town, console, arguments)
            finally:
                town.stop()
    except (ServiceFailed, Unexpected) as failure:
        console.print(f"[red]The demo failed:[/] {failure}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
    return 0


def _forget(folder: Path) -> None:
    """Remove what earlier demos kept, unless one is running there (`ServiceFailed`)."""
    if folder.exists():
        lock = FolderLock(folder=folder, purpose="The demo")
        lock.take()
        lock.release()
        shutil.rmtree(folder)


def _show(town: RunningTown, console: Console, arguments: argparse.Namespace) -> None:
    started = time.monotonic()
    _start(town, console)
    seconds_to_ready = time.monotonic() - started
    console.print(f"[green]Ready[/] after {seconds_to_ready:.1f} s.\n")
    if not arguments.no_tour:
        _tour(town.layout, console, seconds_to_ready)
    if not arguments.exit:
        _stay(town.layout, console)


def _start(town: RunningTown, console: Console) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        step = progress.add_task("Starting …")
        town.start(say=lambda text: progress.update(step, description=text))


def _tour(layout: Layout, console: Console, seconds_to_ready: float) -> None:
    started = time.monotonic()
    result = Tour(layout=layout, console=console).walk()
    seconds = time.monotonic() - started
    console.print(f"\n[green]The tour took {seconds:.1f} s.[/]")
    _write_result(layout, result, seconds_to_ready, seconds)


def _write_result(layout: Layout, result: TourResult, seconds_to_ready: float, seconds_tour: float) -> None:
    content = {
        "reference": result.reference,
        "status": result.status,
        "notice_pdf": str(result.notice_pdf),
        "events": result.events,
        "seconds_to_ready": round(seconds_to_ready, 2),
        "seconds_tour": round(seconds_tour, 2),
    }
    (layout.base / "tour.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _stay(layout: Layout, console: Console) -> None:
    web, issuer = layout.web_url, layout.issuer_url
    console.print(
        f"""
The town stays up; Ctrl-C stops everything.

  API and its documentation   {web}/api/docs/
  Sign in at the portal       {web}/sign-in
  Development issuers         {issuer}/citizens and {issuer}/clerks
  Mails                       {layout.mail_page_url}
  Logs                        {layout.base}/logs

  Citizens: erika, ahmet, lena. Clerks of the Steueramt: s.berger, t.vogt, m.krause (also approver and
  configurator), j.adler (approver). At the development issuer every password is „demo“.

Try:
  curl {web}/api/v1/services
  TOKEN=$(curl -s {issuer}/clerks/token -d grant_type=password -d client_id=curl -d username=s.berger \\
      -d password=demo | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
  curl -H "Authorization: Bearer $TOKEN" {web}/api/v1/tasks
""",
        soft_wrap=True,
    )
    while True:
        time.sleep(1)
