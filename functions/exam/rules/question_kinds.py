"""The kinds of questions. A new kind is a class here, an entry in `KINDS` and a name in `Kind`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from lms.fields import Description

Kind = Literal["single", "multiple", "truefalse", "numeric", "text"]
Answer = bool | str | list[str] | int | float
LARGEST_NUMBER = 10**15
"""Exact arithmetic on larger numbers would be slow, and no exam question needs them."""

_text = TypeAdapter(Description)


class NumericKey(BaseModel):
    """An answer is right if it differs from `value` by at most `tolerance`."""

    model_config = ConfigDict(frozen=True)

    value: Decimal
    tolerance: Decimal = Decimal(0)


Key = bool | str | tuple[str, ...] | NumericKey | None


@dataclass(frozen=True)
class QuestionKind(ABC):
    """How questions of one kind are answered and graded; `choice_ids` are those of the question."""

    choice_ids: frozenset[str]
    has_choices: ClassVar[bool] = False
    graded_by_key: ClassVar[bool] = True
    """Otherwise a teacher marks the answers."""

    @abstractmethod
    def key_fits(self, key: Key) -> bool:
        """Whether the question can have this key."""

    @abstractmethod
    def read_answer(self, given: Any) -> Answer | None:
        """The answer as it is stored; None if this is not an answer to such a question."""

    def share(self, key: Any, answer: Any) -> Fraction:
        """The share of the points, 0 to 1, that a stored answer earns by a key that fits."""
        raise NotImplementedError


class SingleChoice(QuestionKind):
    has_choices = True

    def key_fits(self, key: Key) -> bool:
        return isinstance(key, str) and key in self.choice_ids

    def read_answer(self, given: Any) -> Answer | None:
        return given if isinstance(given, str) and given in self.choice_ids else None

    def share(self, key: str, answer: str) -> Fraction:
        return Fraction(answer == key)


class MultipleChoice(QuestionKind):
    has_choices = True

    def key_fits(self, key: Key) -> bool:
        return isinstance(key, tuple) and bool(key) and self._are_distinct_choices(key)

    def read_answer(self, given: Any) -> Answer | None:
        if not isinstance(given, list) or not all(isinstance(choice, str) for choice in given):
            return None
        return sorted(given) if self._are_distinct_choices(given) else None

    def _are_distinct_choices(self, ids: Sequence[str]) -> bool:
        return len(set(ids)) == len(ids) and self.choice_ids.issuperset(ids)

    def share(self, key: tuple[str, ...], answer: list[str]) -> Fraction:
        """A wrong choice takes away as much as a right one gives."""
        hits = sum(choice in key for choice in answer)
        misses = len(answer) - hits
        return Fraction(max(0, hits - misses), len(key))


class TrueFalse(QuestionKind):
    def key_fits(self, key: Key) -> bool:
        return isinstance(key, bool)

    def read_answer(self, given: Any) -> Answer | None:
        return given if isinstance(given, bool) else None

    def share(self, key: bool, answer: bool) -> Fraction:
        return Fraction(answer == key)


class Numeric(QuestionKind):
    def key_fits(self, key: Key) -> bool:
        return isinstance(key, NumericKey)

    def read_answer(self, given: Any) -> Answer | None:
        if isinstance(given, bool) or not isinstance(given, int | float):
            return None
        # This refuses infinity and NaN as well, and stores -0.0 as 0.
        return (given or 0) if abs(given) <= LARGEST_NUMBER else None

    def share(self, key: NumericKey, answer: float) -> Fraction:
        return Fraction(abs(Decimal(str(answer)) - key.value) <= key.tolerance)


class Text(QuestionKind):
    graded_by_key = False

    def key_fits(self, key: Key) -> bool:
        return key is None

    def read_answer(self, given: Any) -> Answer | None:
        try:
            return _text.validate_python(given, strict=True)
        except ValidationError:
            return None


KINDS: dict[Kind, type[QuestionKind]] = {
    "single": SingleChoice,
    "multiple": MultipleChoice,
    "truefalse": TrueFalse,
    "numeric": Numeric,
    "text": Text,
}
