"""What can be wrong with a question, in an exam or in a bank."""

from exam.rules.question_kinds import KeyDoesNotFit
from exam.rules.questions import (
    ChoiceIdTaken,
    ChoicesNotAllowed,
    PromptIdTaken,
    PromptsMissing,
    PromptsNotAllowed,
    TooFewChoices,
    WeightsIncomplete,
    WeightsNotAllowed,
)
from exam.service.question_images import ImageMissing, ImageUnfit, TooManyImages

QUESTION_REFUSALS = (
    TooFewChoices,
    ChoicesNotAllowed,
    ChoiceIdTaken,
    WeightsNotAllowed,
    WeightsIncomplete,
    PromptsMissing,
    PromptsNotAllowed,
    PromptIdTaken,
    KeyDoesNotFit,
)
IMAGE_REFUSALS = (ImageMissing, ImageUnfit, TooManyImages)
