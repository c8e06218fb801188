"""A whole university: OULAD's course presentations, students, registrations and real results through the services' own
code, and every report card compared with `university_check.py`.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.university FOLDER [--minutes M]

The storage is the emulator's DynamoDB (moto copies whole tables for each transaction, which is quadratic). People are
invited, not registered: an institute that moves in has no passwords to bring. Presentations are loaded one after the
other, the smallest first, and compared; once the minutes are over no other one is begun. All are compared at the end.
"""

import argparse
import os
import resource
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

from benchmarks import oulad, university_check
from benchmarks.emulated import emulated

# The client's half of a call and the emulator's take turns on two cores; more threads only wait for each other.
_THREADS = 3

Grades = Mapping[oulad.Card, str | None]


def main() -> None:
    options = _options()
    whole, expected = oulad.presentations(options.folder), university_check.grades(options.folder)
    with emulated():
        dynamodb = boto3.client("dynamodb")
        letters = boto3.resource("sqs").create_queue(QueueName="DeadLetters")
        os.environ["DEAD_LETTER_QUEUE_URL"] = letters.url
        _load(whole, expected, 60 * options.minutes)
        _print_sizes(dynamodb)
        if letters.receive_messages():
            raise SystemExit("consumers gave events up; see the dead letters above")
    # The emulator has ended: what it needed at most is known.
    for name, who in (("services", resource.RUSAGE_SELF), ("emulator", resource.RUSAGE_CHILDREN)):
        print(f"memory of the {name}: {resource.getrusage(who).ru_maxrss / 1024:.0f} MB at most")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.university")
    parser.add_argument("folder", type=Path, help="of OULAD's files (.csv.gz)")
    parser.add_argument("--minutes", type=float, default=120, help="begin no presentation after so many minutes")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"no data in {options.folder}; name the folder of OULAD's files (.csv.gz)")
    return options


def _load(whole: Sequence[oulad.Presentation], expected: Grades, seconds: float) -> None:
    """Loads the presentations for which there is time; each is compared at once, and all of them at the end."""
    # Services read their settings when they are imported.
    from benchmarks import wire
    from benchmarks.campus import Campus
    from benchmarks.ledger import Ledger
    from benchmarks.meter import Tally

    tally = Tally()
    wire.use(tally.count)
    ledger, loaded = Ledger(tally), []
    begun = time.monotonic()
    with ThreadPoolExecutor(_THREADS) as pool:
        campus = Campus(ledger, pool)
        for presentation in whole:
            if time.monotonic() - begun > seconds:
                break
            campus.load(presentation)
            loaded.append(presentation)
            print(f"{(time.monotonic() - begun) / 60:5.1f} minutes, {presentation.title}", end=": ")
            _compare(campus.grades(presentation), expected, [presentation])
        shown = campus.grades()
    print(ledger.table())
    _print_fraction(loaded, whole)
    _compare(shown, expected, loaded)


def _print_sizes(dynamodb: Any) -> None:
    from benchmarks.meter import _bytes

    # The emulator's own TableSizeBytes is a guess: 200 bytes an item.
    for name in dynamodb.list_tables()["TableNames"]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=name)
        sizes = [_bytes(item) for page in pages for item in page["Items"]]
        if sizes:
            print(f"{name:24} {len(sizes):8} items {sum(sizes) / 1000:10.1f} kB")


def _print_fraction(loaded: Sequence[oulad.Presentation], whole: Sequence[oulad.Presentation]) -> None:
    for what in ("students", "results"):
        part, all_ = (sum(len(getattr(each, what)) for each in some) for some in (loaded, whole))
        print(f"{what} of {len(loaded)} of {len(whole)} presentations: {part} of {all_} ({part / all_:.1%})")


def _compare(shown: Grades, expected: Grades, loaded: Sequence[oulad.Presentation]) -> None:
    """Of all cards in these presentations; ends the run when one differs."""
    names = {(presentation.module, presentation.name) for presentation in loaded}
    right, found = ({card: grade for card, grade in some.items() if card[:2] in names} for some in (expected, shown))
    no_card = "no card"
    different = [card for card in right.keys() | found.keys() if right.get(card, no_card) != found.get(card, no_card)]
    for card in different[:10]:
        print(*card, "should show", right.get(card, no_card), "and shows", found.get(card, no_card))
    if different:
        raise SystemExit(f"{len(different)} of {len(right)} report cards differ")
    graded = sum(grade is not None for grade in right.values())
    print(f"all {len(right)} report cards equal, {graded} of them with a grade", flush=True)


if __name__ == "__main__":
    main()
