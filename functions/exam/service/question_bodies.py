"""Questions as clients write them, made into those of the rules."""

from typing import Any
from uuid import uuid4

from exam.rules.question_kinds import Key, Kind, MatchingKey, NumericKey, NumericRanges, ShortKey
from exam.schemas.keys import KeyBody, NumericKeyBody, NumericRangesBody, ShortKeyBody
from exam.schemas.questions import NewQuestion, QuestionUpdate


def fields_of(body: NewQuestion) -> dict[str, Any]:
    """The fields of a new question, by what a client sent."""
    fields = _without_key(body)
    return {**fields, "salt": uuid4().hex, "correct_answer": key_of(body.kind, body.correct_answer)}


def changes_of(body: QuestionUpdate, kind: Kind) -> dict[str, Any]:
    """The fields that a client replaces of a question of this kind."""
    changes = {name: value for name, value in _without_key(body).items() if name in body.model_fields_set}
    if "correct_answer" in body.model_fields_set:
        changes["correct_answer"] = key_of(changes.get("kind", kind), body.correct_answer)
    return changes


def _without_key(body: NewQuestion | QuestionUpdate) -> dict[str, Any]:
    fields = body.model_dump(exclude={"correct_answer"})
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def key_of(kind: Kind, body: KeyBody) -> Key:
    match body:
        case NumericKeyBody():
            return NumericKey(**body.model_dump())
        case NumericRangesBody():
            return NumericRanges(**body.model_dump())
        case ShortKeyBody():
            return ShortKey(**body.model_dump())
        case dict():
            return MatchingKey(pairs=body)
        case list():
            return tuple(body if kind == "ordering" else sorted(body))
        case _:
            return body
