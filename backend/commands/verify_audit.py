"""`verify-audit`: recomputes the hash chain of every case. Runs as laufzettel_ops (sees all authorities)."""

from __future__ import annotations

import argparse

from rich.progress import track

import backend.django_setup  # noqa: F401 -- before anything that needs settings
from backend.cases.chain import first_break
from backend.cases.models import Case, Event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reference", help="only the case with this reference number")


def run(arguments: argparse.Namespace) -> int:
    """Status 1 if any record was altered; every broken one is named."""
    cases = Case.objects.order_by("id")
    if arguments.reference:
        cases = cases.filter(reference=arguments.reference)
    broken = checked = 0
    for case in track(
        cases.iterator(chunk_size=500), total=cases.count(), description="Records", transient=True
    ):
        checked += 1
        place = first_break(case=case, events=Event.objects.filter(case=case).order_by("seq").iterator())
        if place is not None:
            broken += 1
            print(f"{case.reference}: the record is broken at event {place}.")
    print(f"{checked} records checked, {broken} broken.")
    if not checked:
        print("No case was seen. Does DATABASE_URL name the role laufzettel_ops?")
    return 1 if broken or not checked else 0
