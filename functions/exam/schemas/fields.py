"""What fields of several schemas take and show."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, StrictInt, StrictStr

from exam.rules.question_kinds import LARGEST_NUMBER
from lms.fields import INTEGRAL, JSON_NUMBER, Passage, Pattern

Number = Annotated[Decimal, PlainSerializer(float, return_type=float)]
"""An exact number that clients see as a JSON number."""

Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), JSON_NUMBER]

Weight = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2), JSON_NUMBER]

Points = Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2), JSON_NUMBER]

Marks = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2), JSON_NUMBER]

KeyNumber = Annotated[Decimal, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER, decimal_places=12), JSON_NUMBER]

Tolerance = Annotated[Decimal, Field(ge=0, le=LARGEST_NUMBER, decimal_places=12), JSON_NUMBER]

ChoiceWeight = Annotated[Decimal, Field(ge=-100, le=100, decimal_places=5), JSON_NUMBER]

Credit = Annotated[Decimal, Field(ge=1, le=100, decimal_places=5), JSON_NUMBER]

Minutes = Annotated[StrictInt, Field(ge=1, le=14 * 24 * 60), INTEGRAL]

AttemptsAllowed = Annotated[StrictInt, Field(ge=1, le=20), INTEGRAL]

ChoiceId = Annotated[
    StrictStr,
    Field(min_length=1, max_length=64),
    Pattern(r"^[A-Za-z0-9._-]+$", "Only letters, digits, dots, underscores and hyphens are allowed."),
]

ChoiceText = Annotated[Passage, Field(max_length=2_000)]
