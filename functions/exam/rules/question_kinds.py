"""The kinds of questions. A new kind is a class here, an entry in `KINDS` and a name in `Kind`."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lms.errors import InvalidField
from lms.fields import Description

Kind = Literal["single", "multiple", "truefalse", "numeric", "short", "matching", "ordering", "text"]
Answer = bool | str | list[str] | dict[str, str] | int | float
LARGEST_NUMBER = 10**15
"""Exact arithmetic on larger numbers would be slow, and no exam question needs them."""
LONGEST_SHORT_ANSWER = 1_000
_FULL = Decimal(100)
# Three choices of 33.33333 percent each are all of the points.
_ROUNDED_FULL = Decimal("99.9")

_LATER = ConfigDict(defer_build=True)
_text = TypeAdapter(Description, config=_LATER)
_short_text: TypeAdapter[str] = TypeAdapter(
    Annotated[Description, Field(max_length=LONGEST_SHORT_ANSWER)], config=_LATER
)


class KeyDoesNotFit(InvalidField):
    field = ("correctAnswer",)
    code = "key"
    detail = "The correct answer does not fit the question."


class KeyOfOtherWeight(KeyDoesNotFit):
    detail = "With weights, the correct answer is a choice with a weight of 100."


class KeyOfOtherWeights(KeyDoesNotFit):
    detail = "With weights, the correct answers are the choices with a weight above 0, which add up to at least 100."


class NoFullCredit(KeyDoesNotFit):
    detail = "At least one of the answers needs a credit of 100."


class RangeReversed(KeyDoesNotFit):
    detail = "The minimum of a range cannot be more than its maximum."


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Value):
    """`weight` is the percentage of the points that choosing it earns, or costs."""

    id: str
    text: str
    weight: Decimal | None = None


class Prompt(_Value):
    """What a choice is to be matched with."""

    id: str
    text: str


class NumericKey(_Value):
    """An answer is right if it differs from `value` by at most `tolerance`."""

    value: Decimal
    tolerance: Decimal = Decimal(0)


class NumericRange(_Value):
    """Numbers from `minimum` to `maximum`, both included, earn `credit` percent of the points."""

    minimum: Decimal
    maximum: Decimal
    credit: Decimal = _FULL


class NumericRanges(_Value):
    """An answer earns the most that a range in which it lies gives."""

    ranges: tuple[NumericRange, ...]


class AcceptedText(_Value):
    """`*` in the text stands for any characters, none included, and `\\*` for an asterisk."""

    text: str
    credit: Decimal = _FULL


class ShortKey(_Value):
    """An answer earns the most that an accepted text which it matches gives."""

    accepted: tuple[AcceptedText, ...]
    case_sensitive: bool = False


class MatchingKey(_Value):
    """The right choice for each prompt, by their ids."""

    pairs: dict[str, str]


Key = bool | str | tuple[str, ...] | NumericKey | NumericRanges | ShortKey | MatchingKey | None


@dataclass(frozen=True)
class QuestionKind(ABC):
    """How questions of one kind are answered and graded."""

    choices: tuple[Choice, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    partial_credit: bool = True
    """Otherwise an answer earns all points or none."""

    has_choices: ClassVar[bool] = False
    has_weights: ClassVar[bool] = False
    has_prompts: ClassVar[bool] = False
    hides_choices: ClassVar[bool] = False
    """The order of the choices, or ids like 1, 2, 3, could reveal the key, so students see neither."""
    graded_by_key: ClassVar[bool] = True
    """Otherwise a teacher marks the answers."""

    @abstractmethod
    def require_key(self, key: Key) -> None:
        """Raises `KeyDoesNotFit` for a key that the question cannot have."""

    @abstractmethod
    def read_answer(self, given: Any) -> Answer | None:
        """The answer as it is stored; None if this is not an answer to such a question."""

    def share(self, key: Any, answer: Any) -> Fraction:
        """The share of the points, 0 to 1, that a stored answer earns by a key that fits."""
        share = min(max(self._share(key, answer), Fraction(0)), Fraction(1))
        return share if self.partial_credit or share == 1 else Fraction(0)

    def _share(self, key: Any, answer: Any) -> Fraction:
        raise NotImplementedError

    def renamed(self, answer: Any, names: Mapping[str, str]) -> Any:
        """An answer with other ids for the choices; only of kinds that hide theirs."""
        raise NotImplementedError

    @property
    def weights(self) -> dict[str, Decimal]:
        """By choice, empty without weights."""
        return {choice.id: choice.weight for choice in self.choices if choice.weight is not None}

    def _are_distinct_choices(self, ids: Sequence[str]) -> bool:
        return len(set(ids)) == len(ids) and {choice.id for choice in self.choices}.issuperset(ids)


class SingleChoice(QuestionKind):
    has_choices = has_weights = True

    def require_key(self, key: Key) -> None:
        if not isinstance(key, str) or not self._are_distinct_choices([key]):
            raise KeyDoesNotFit
        if self.weights and self.weights[key] != _FULL:
            raise KeyOfOtherWeight

    def read_answer(self, given: Any) -> Answer | None:
        return given if isinstance(given, str) and self._are_distinct_choices([given]) else None

    def _share(self, key: str, answer: str) -> Fraction:
        return Fraction(self.weights[answer]) / 100 if self.weights else Fraction(answer == key)


class MultipleChoice(QuestionKind):
    has_choices = has_weights = True

    def require_key(self, key: Key) -> None:
        if not isinstance(key, tuple) or not key or not self._are_distinct_choices(key):
            raise KeyDoesNotFit
        right = {choice: weight for choice, weight in self.weights.items() if weight > 0}
        if self.weights and (set(key) != right.keys() or sum(right.values()) < _ROUNDED_FULL):
            raise KeyOfOtherWeights

    def read_answer(self, given: Any) -> Answer | None:
        return sorted(given) if _is_texts(given) and self._are_distinct_choices(given) else None

    def _share(self, key: tuple[str, ...], answer: list[str]) -> Fraction:
        """A wrong choice takes away as much as a right one gives, unless weights say otherwise."""
        if self.weights:
            full = min(_FULL, sum((self.weights[choice] for choice in key), Decimal(0)))
            return Fraction(sum((self.weights[choice] for choice in answer), Decimal(0))) / Fraction(full)
        hits = sum(choice in key for choice in answer)
        misses = len(answer) - hits
        return Fraction(hits - misses, len(key))


class TrueFalse(QuestionKind):
    def require_key(self, key: Key) -> None:
        if not isinstance(key, bool):
            raise KeyDoesNotFit

    def read_answer(self, given: Any) -> Answer | None:
        return given if isinstance(given, bool) else None

    def _share(self, key: bool, answer: bool) -> Fraction:
        return Fraction(answer == key)


class Numeric(QuestionKind):
    def require_key(self, key: Key) -> None:
        if isinstance(key, NumericKey):
            return
        if not isinstance(key, NumericRanges):
            raise KeyDoesNotFit
        if any(each.minimum > each.maximum for each in key.ranges):
            raise RangeReversed
        _require_full_credit([each.credit for each in key.ranges])

    def read_answer(self, given: Any) -> Answer | None:
        if isinstance(given, bool) or not isinstance(given, int | float):
            return None
        # This refuses infinity and NaN as well, and stores -0.0 as 0.
        return (given or 0) if abs(given) <= LARGEST_NUMBER else None

    def _share(self, key: NumericKey | NumericRanges, answer: float) -> Fraction:
        number = Decimal(str(answer))
        if isinstance(key, NumericKey):
            return Fraction(abs(number - key.value) <= key.tolerance)
        return _best([each.credit for each in key.ranges if each.minimum <= number <= each.maximum])


class Short(QuestionKind):
    def require_key(self, key: Key) -> None:
        if not isinstance(key, ShortKey):
            raise KeyDoesNotFit
        _require_full_credit([each.credit for each in key.accepted])

    def read_answer(self, given: Any) -> Answer | None:
        return _read_text(_short_text, given)

    def _share(self, key: ShortKey, answer: str) -> Fraction:
        text = _folded(answer, key.case_sensitive)
        return _best([each.credit for each in key.accepted if _matches(each.text, text, key.case_sensitive)])


class Matching(QuestionKind):
    has_choices = has_prompts = hides_choices = True

    def require_key(self, key: Key) -> None:
        if not isinstance(key, MatchingKey) or key.pairs.keys() != self._prompt_ids:
            raise KeyDoesNotFit
        if not all(self._are_distinct_choices([choice]) for choice in key.pairs.values()):
            raise KeyDoesNotFit

    def read_answer(self, given: Any) -> Answer | None:
        if not isinstance(given, dict) or not self._prompt_ids.issuperset(given):
            return None
        chosen = list(given.values())
        return given if _is_texts(chosen) and all(self._are_distinct_choices([choice]) for choice in chosen) else None

    def _share(self, key: MatchingKey, answer: dict[str, str]) -> Fraction:
        return Fraction(sum(key.pairs[prompt] == choice for prompt, choice in answer.items()), len(key.pairs))

    def renamed(self, answer: dict[str, str], names: Mapping[str, str]) -> dict[str, str]:
        return {prompt: names[choice] for prompt, choice in answer.items()}

    @property
    def _prompt_ids(self) -> set[str]:
        return {prompt.id for prompt in self.prompts}


class Ordering(QuestionKind):
    has_choices = hides_choices = True

    def require_key(self, key: Key) -> None:
        if not isinstance(key, tuple) or not self._is_order(key):
            raise KeyDoesNotFit

    def read_answer(self, given: Any) -> Answer | None:
        return given if _is_texts(given) and self._is_order(given) else None

    def _is_order(self, ids: Sequence[str]) -> bool:
        return len(ids) == len(self.choices) and self._are_distinct_choices(ids)

    def _share(self, key: tuple[str, ...], answer: list[str]) -> Fraction:
        return Fraction(sum(mine == right for mine, right in zip(answer, key, strict=True)), len(key))

    def renamed(self, answer: list[str], names: Mapping[str, str]) -> list[str]:
        return [names[choice] for choice in answer]


class Text(QuestionKind):
    graded_by_key = False

    def require_key(self, key: Key) -> None:
        if key is not None:
            raise KeyDoesNotFit

    def read_answer(self, given: Any) -> Answer | None:
        return _read_text(_text, given)


KINDS: dict[Kind, type[QuestionKind]] = {
    "single": SingleChoice,
    "multiple": MultipleChoice,
    "truefalse": TrueFalse,
    "numeric": Numeric,
    "short": Short,
    "matching": Matching,
    "ordering": Ordering,
    "text": Text,
}


def _require_full_credit(credits_given: Sequence[Decimal]) -> None:
    if _FULL not in credits_given:
        raise NoFullCredit


def _best(credits_earned: Sequence[Decimal]) -> Fraction:
    return Fraction(max(credits_earned, default=Decimal(0))) / 100


def _is_texts(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(each, str) for each in given)


def _read_text(form: TypeAdapter[str], given: Any) -> str | None:
    try:
        return form.validate_python(given, strict=True)
    except ValidationError:
        return None


def _matches(accepted: str, text: str, case_sensitive: bool) -> bool:
    """Whether a folded text is one that an accepted text stands for; takes no longer than both are long, multiplied."""
    # No regular expression: one with many wildcards could take for ever. The mark is no character that a text can have.
    pieces = [
        piece.replace("\x00", "*") for piece in _folded(accepted.replace("\\*", "\x00"), case_sensitive).split("*")
    ]
    if len(pieces) == 1:
        return text == pieces[0]
    first, *between, last = pieces
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in between:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _folded(text: str, case_sensitive: bool) -> str:
    """What texts that are the same answer have in common: blanks, spelling in Unicode, and case unless it counts."""
    folded = unicodedata.normalize("NFC", " ".join(text.split()))
    return folded if case_sensitive else unicodedata.normalize("NFC", folded.casefold())
