"""The keys of questions, each in the form of its kind."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Discriminator, Field, StrictBool, StrictStr, Tag

from exam.rules.question_kinds import LONGEST_SHORT_ANSWER
from exam.schemas.fields import ChoiceId, Credit, KeyNumber, Number, Tolerance
from lms.fields import CamelBody, CamelView, Passage


class NumericKeyBody(CamelBody):
    """An answer is right if it differs from `value` by at most `tolerance`."""

    value: KeyNumber
    tolerance: Tolerance = Decimal(0)


class NumericRangeBody(CamelBody):
    """Numbers from `minimum` to `maximum`, both included, earn `credit` percent of the points."""

    minimum: KeyNumber
    maximum: KeyNumber
    credit: Credit = Decimal(100)


class NumericRangesBody(CamelBody):
    """An answer earns the most that a range in which it lies gives; one at least gives 100."""

    ranges: Annotated[list[NumericRangeBody], Field(min_length=1, max_length=50)]


class AcceptedTextBody(CamelBody):
    """`*` in the `text` stands for any characters, none included, and `\\*` for an asterisk.

    It earns `credit` percent of the points.
    """

    text: Annotated[Passage, Field(max_length=LONGEST_SHORT_ANSWER)]
    credit: Credit = Decimal(100)


class ShortKeyBody(CamelBody):
    """An answer earns the most that an accepted text which it matches gives; one at least gives 100.

    Blanks count as one, and case only if `caseSensitive`.
    """

    accepted: Annotated[list[AcceptedTextBody], Field(min_length=1, max_length=50)]
    case_sensitive: StrictBool = False


def _form_of_key(given: Any) -> str | None:
    if isinstance(given, dict):
        objects = ("value", "ranges", "accepted")
        return next((name for name in objects if name in given and not isinstance(given[name], str)), "pairs")
    return {bool: "boolean", str: "choice", list: "choices"}.get(type(given))


PairsBody = Annotated[dict[ChoiceId, ChoiceId], Field(min_length=1, max_length=50)]

KeyBody = (
    Annotated[
        Annotated[StrictBool, Tag("boolean")]
        | Annotated[StrictStr, Tag("choice")]
        | Annotated[list[StrictStr], Field(max_length=50), Tag("choices")]
        | Annotated[NumericKeyBody, Tag("value")]
        | Annotated[NumericRangesBody, Tag("ranges")]
        | Annotated[ShortKeyBody, Tag("accepted")]
        | Annotated[PairsBody, Tag("pairs")],
        Discriminator(
            _form_of_key,
            custom_error_type="key",
            custom_error_message="The correct answer does not fit the question.",
        ),
    ]
    | None
)


class NumericKeyView(CamelView):
    value: Number
    tolerance: Number


class NumericRangeView(CamelView):
    minimum: Number
    maximum: Number
    credit: Number


class NumericRangesView(CamelView):
    ranges: list[NumericRangeView]


class AcceptedTextView(CamelView):
    text: str
    credit: Number


class ShortKeyView(CamelView):
    accepted: list[AcceptedTextView]
    case_sensitive: bool


KeyView = bool | str | list[str] | NumericKeyView | NumericRangesView | ShortKeyView | dict[str, str] | None
