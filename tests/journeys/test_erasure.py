"""After an erasure nothing is left of a person but ids and grades, wherever one looks; and one list knows where to."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from lms.personal_data import HOLDINGS
from tests.conftest import aws_client
from tests.journeys.school import BIRTHDAY, OTHER_PHONE, PHONE, WORD, School
from tests.journeys.world import CLIENT_IP
from tests.template import REGION, resources


def _tables() -> dict[str, list[str]]:
    """Every item of every table, as text."""
    client = aws_client("dynamodb")
    scan = client.get_paginator("scan").paginate
    return {
        table: [repr(item) for page in scan(TableName=table) for item in page["Items"]]
        for table in resources("AWS::DynamoDB::Table")
    }


def _elsewhere(bucket: Any) -> Iterator[tuple[str, str]]:
    """Every object, and every entry of a queue, with where it is."""
    for found in bucket.objects.all():
        yield f"object {found.key}", repr(found.get()["Body"].read())
    for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
        for message in queue._messages:
            yield f"queue {queue.name}", str(message.body)


def _remains(school: School, bucket: Any) -> dict[str, set[str]]:
    """Where there is what of the people; ids do not count."""
    words = [WORD, *(number.lstrip("+") for number in (PHONE, OTHER_PHONE)), BIRTHDAY, CLIENT_IP, *school.roll_numbers]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    places = [(table, item) for table, items in _tables().items() for item in items]
    found: dict[str, set[str]] = {}
    for place, text in [*places, *_elsewhere(bucket)]:
        if hits := pattern.findall(text):
            found.setdefault(place, set()).update(hits)
    return found


def _occurrences(school: School, bucket: Any) -> set[str]:
    """The tables in which the people occur, by whatever is theirs or by their ids."""
    ids = re.compile("|".join(school.ids))
    by_id = {table for table, items in _tables().items() if any(ids.search(item) for item in items)}
    return by_id | (_remains(school, bucket).keys() & resources("AWS::DynamoDB::Table").keys())


def test_one_list_has_every_table_in_which_a_person_occurs(school: School, bucket: Any) -> None:
    school.whole_life()
    listed = {f"{holding.table}Table" for holding in HOLDINGS}
    assert _occurrences(school, bucket) == listed


def test_nothing_is_left_of_who_was_erased_but_ids_and_grades(
    school: School, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notification.service import erasure

    monkeypatch.setattr(erasure, "_SECOND_LOOK", timedelta())
    school.whole_life()
    school.park()
    before = _remains(school, bucket)
    assert {
        "UsersTable",
        "SessionsTable",
        "OutboxTable",
        "AttemptAnswersTable",
        "VouchersTable",
        "NotificationsTable",
    } <= before.keys()
    assert len([place for place in before if place.startswith("object")]) == 3
    cards = school.grades()

    school.erase()

    assert _remains(school, bucket) == {}
    assert school.grades() == cards
