"""The question bank of a course: questions with tags, from which exams take copies."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from exam.rules.question_kinds import Kind
from exam.rules.questions import Question
from lms.errors import Conflict, InvalidField
from lms.texts import uniqueness_key

Difficulty = Literal["easy", "medium", "hard"]
MOST_BANK_QUESTIONS = 5_000
MOST_TAGS = 20
LONGEST_TAG = 100
MOST_QUESTION_BYTES = 50_000
"""A list of a hundred such questions still fits into one answer of a function."""
ALL = "all"
_TAG = "tag:"


class BankFull(Conflict):
    code = "bank-full"
    detail = "A question bank holds at most {limit} questions."


class QuestionTooLong(InvalidField):
    code = "question_too_long"
    detail = "The question is too long for a question bank."


class BankQuestion(Question):
    """A question of a bank. `title` is a short name for lists."""

    title: str | None = None
    tags: tuple[str, ...] = ()
    difficulty: Difficulty | None = None

    @property
    def facets(self) -> set[str]:
        """What the question is found by, apart from its course."""
        return {ALL, *facets_of(self.tags, self.difficulty, self.kind)}

    def copied(self, question_id: UUID, **fields: Any) -> Question:
        """A question for an exam, which stays as it is whatever happens to this one."""
        own = {name: getattr(self, name) for name in Question.model_fields}
        return Question(**{**own, "id": question_id, "version": 1, **fields})


def facets_of(tags: Iterable[str], difficulty: Difficulty | None, kind: Kind | None) -> list[str]:
    """The facets of questions that have all of these; the first one has the fewest questions, as a rule."""
    given = (f"difficulty:{difficulty}" if difficulty else None, f"kind:{kind}" if kind else None)
    return [*(tag_facet(tag) for tag in tags), *filter(None, given)]


def tag_facet(tag: str) -> str:
    """The facet of a tag; people take tags for one that differ in case or blanks alone."""
    return f"{_TAG}{uniqueness_key(tag)}"


def tags_by_facet(tags: Iterable[str]) -> dict[str, str]:
    """Tags as they are written, by their facet, each once."""
    return {tag_facet(tag): tag for tag in tags}
