"""Programs; program alone writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from pynamodb.attributes import UnicodeAttribute

from lms.dynamo import Key, Transaction, TypedKey, read_by_key
from lms.roster.rows import CARD, Row


@dataclass(frozen=True)
class Program:
    id: UUID
    title: str


class ProgramRow(Row):
    value = Program
    id = TypedKey("program", UUID, hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    title = UnicodeAttribute()


def put_program(tx: Transaction, program_id: UUID, *, title: str, version: int) -> None:
    """Writes a program. `version` is the program's own."""
    tx.put(ProgramRow(program_id, title=title, version=version))


def remove_program(tx: Transaction, program_id: UUID) -> None:
    tx.delete(ProgramRow(program_id))


def find_programs(program_ids: Iterable[UUID]) -> dict[UUID, Program]:
    """Programs by id, in one read for each 100; those that do not exist are left out."""
    return {program.id: program for program in read_by_key(map(program_key, program_ids)).values()}


def program_key(program_id: UUID) -> Key:
    """Where a program is, for `read_together`."""
    return ProgramRow, program_id, CARD
