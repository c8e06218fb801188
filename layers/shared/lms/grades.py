"""Letters of grades: the scale that an institute gives percentages by."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class GradeStep(BaseModel):
    """The letter of all percentages from `lowest` up to the next step."""

    model_config = ConfigDict(frozen=True)

    letter: str
    lowest: Decimal


DEFAULT_SCALE = tuple(
    GradeStep.model_construct(letter=letter, lowest=Decimal(lowest))
    for letter, lowest in (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0))
)
