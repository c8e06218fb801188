"""What an answer to an imported question earns by the exam's own rules."""

from fractions import Fraction
from typing import Any

from exam.rules import question_kinds as rules
from exam.schemas.questions import NewQuestion
from exchange.items import Question

_OF_THE_BANK = ("source", "category", "title", "tags", "difficulty")


def share(question: Question, answer: Any) -> Fraction:
    """The share of the points, 0 to 1; fails for a question or an answer that the exam would refuse."""
    fields = question.model_dump(mode="json")
    NewQuestion.model_validate({name: fields[name] for name in fields if name not in _OF_THE_BANK})
    kind = rules.KINDS[question.kind](
        tuple(rules.Choice(id=each.id, text=each.text, weight=each.weight) for each in question.choices),
        tuple(rules.Prompt(id=each.id, text=each.text) for each in question.prompts),
        question.partial_credit,
    )
    key = _key(question)
    kind.require_key(key)
    stored = kind.read_answer(answer)
    assert stored is not None, f"{answer!r} is no answer to a question of kind {question.kind}"
    return kind.share(key, stored)


def _key(question: Question) -> rules.Key:
    key = question.correct_answer
    if isinstance(key, dict):
        return rules.MatchingKey(pairs=key)
    if key is None or isinstance(key, bool | str | tuple):
        return key
    forms = {"numeric": rules.NumericRanges if hasattr(key, "ranges") else rules.NumericKey, "short": rules.ShortKey}
    return forms[question.kind].model_validate(key.model_dump(by_alias=False))
