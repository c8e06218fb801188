"""Letters of grades: the scale that an institute gives percentages by."""

from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class GradeStep(BaseModel):
    """The letter of all percentages from `lowest` up to the next step."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    letter: str
    lowest: Decimal


DEFAULT_SCALE = tuple(
    GradeStep.model_construct(letter=letter, lowest=Decimal(lowest))
    for letter, lowest in (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0))
)


def letter_of(percentage: Decimal, scale: Sequence[GradeStep]) -> str:
    """The letter of a percentage; a scale begins with its best letter and ends at 0."""
    return next(step.letter for step in scale if percentage >= step.lowest)
