"""A package in parts: JSON that outline, bank and exams take one after the other, each in a few seconds."""

import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid5

from exchange.items import Lesson, Module, Note, Package, Question, Quiz
from exchange.rules import TargetKind
from lms.events.exchange import ImportKind
from lms.markdown_images import names_in, renamed, renamed_in

QUESTIONS_TOGETHER = 50
LESSONS_TOGETHER = 20
EXAMS_TOGETHER = 5
# What an outline takes of a title, and of a lesson's text.
_TITLE = 200
_TEXT = 50_000
# What a bank takes of a tag, and how many.
_TAG = 100
_MOST_TAGS = 20
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_T = TypeVar("_T")


@dataclass(frozen=True)
class StoredFile:
    """A file of the package that was put into the bucket."""

    key: str
    name: str
    size: int


@dataclass(frozen=True)
class Part:
    """What is applied in one go: how many items of a kind, as JSON."""

    kind: ImportKind
    count: int
    content: dict[str, Any] = field(repr=False)

    def dump(self) -> bytes:
        return json.dumps(self.content, ensure_ascii=False, default=asdict).encode()


@dataclass(frozen=True)
class Target:
    """What an item of the file becomes in the course."""

    kind: TargetKind
    id: UUID


def targets_of(package: Package, import_id: UUID) -> Callable[[Note], Target | None]:
    """Answers what the line of a report leads to; to be asked in the order of the lines."""
    questions: dict[str, Target] = {}
    for number, question in enumerate(package.questions):
        questions.setdefault(question.source, Target("question", _question_id(import_id, number)))
    exams: dict[str, Target] = {}
    for number, quiz in enumerate(package.quizzes):
        exams.setdefault(quiz.source, Target("exam", _exam_id(import_id, number)))
    lessons: dict[tuple[str, str], deque[Target]] = defaultdict(deque)
    for number, module in enumerate(package.modules):
        place = 0
        for lesson in module.lessons:
            lessons[module.title, lesson.title].append(Target("lesson", _lesson_id(import_id, number, place)))
            place += sum(1 for _ in _short(lesson))

    def target(note: Note) -> Target | None:
        if note.question or note.quiz:
            return questions.get(note.question) or exams.get(note.quiz)
        # A line of a part of something, as of a book's chapter, stands in `<module> / <something>`.
        for where in (note.where, note.where.partition(" / ")[0]):
            if note.outcome != "left out" and (where, note.what) in lessons and lessons[where, note.what]:
                return lessons[where, note.what].popleft()
        return None

    return target


def used_files(package: Package) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The files that lessons offer, that their texts show, and that questions show, each with where it is used."""
    lessons = [(module.title, lesson) for module in package.modules for lesson in module.lessons]
    offered = {lesson.file: where for where, lesson in lessons if lesson.file}
    shown = {name: where for where, lesson in lessons for name in names_in(lesson.text)}
    of_questions: dict[str, str] = {}
    for question in package.questions:
        of_questions |= dict.fromkeys(names_in(*_texts(question)), question.title or question.source)
    return offered, shown, of_questions


def parts_of(package: Package, import_id: UUID, stored: Mapping[str, StoredFile]) -> Iterator[Part]:
    """The parts of a package, in the order in which they are applied. Ids follow from the import's, so that a part
    that is read or applied again is the same."""
    yield from _outline(package.modules, import_id, stored)
    numbered = list(enumerate(package.questions))
    ids: dict[str, UUID] = {}
    for number, question in numbered:
        ids.setdefault(question.source, _question_id(import_id, number))
    for some in _groups(numbered, QUESTIONS_TOGETHER):
        questions = [_question(import_id, number, question, stored) for number, question in some]
        yield Part("bank", len(questions), {"questions": questions})
    for quizzes in _groups(list(enumerate(package.quizzes)), EXAMS_TOGETHER):
        exams = [_exam(import_id, number, quiz, ids) for number, quiz in quizzes]
        yield Part("exams", len(exams), {"exams": exams})


def _outline(modules: Sequence[Module], import_id: UUID, stored: Mapping[str, StoredFile]) -> Iterator[Part]:
    """Modules in order, a long one in several pieces, the later of which say that it `continues`."""
    pieces = [piece for number, module in enumerate(modules) for piece in _pieces(import_id, number, module, stored)]
    together: list[dict[str, Any]] = []
    for piece in pieces:
        if together and sum(len(one["lessons"]) for one in (*together, piece)) > LESSONS_TOGETHER:
            yield _outline_part(together)
            together = []
        together.append(piece)
    if together:
        yield _outline_part(together)


def _outline_part(modules: list[dict[str, Any]]) -> Part:
    count = sum(len(module["lessons"]) for module in modules) + sum(not module["continues"] for module in modules)
    return Part("outline", count, {"modules": modules})


def _pieces(import_id: UUID, number: int, module: Module, stored: Mapping[str, StoredFile]) -> Iterator[dict[str, Any]]:
    lessons = [
        {**lesson, "id": str(_lesson_id(import_id, number, place))}
        for place, lesson in enumerate(_lesson(each, stored) for whole in module.lessons for each in _short(whole))
    ]
    for begin in range(0, max(1, len(lessons)), LESSONS_TOGETHER):
        yield {
            "id": str(uuid5(import_id, f"module {number}")),
            "title": _name(module.title),
            "continues": begin > 0,
            "lessons": lessons[begin : begin + LESSONS_TOGETHER],
        }


def _short(lesson: Lesson) -> Iterator[Lesson]:
    """A lesson, or several where its text is longer than one may have; the file and the link stay with the first."""
    pages = list(_pages(lesson.text))
    yield lesson.model_copy(update={"text": pages[0]})
    for number, page in enumerate(pages[1:], 2):
        yield Lesson(title=f"{lesson.title[: _TITLE - 10]} ({number})", text=page)


def _pages(text: str) -> Iterator[str]:
    while len(text) > _TEXT:
        # Between paragraphs, else between lines.
        cut = max(text.rfind("\n\n", 0, _TEXT), 0) or max(text.rfind("\n", 0, _TEXT), 0) or _TEXT
        yield text[:cut].rstrip()
        text = text[cut:].lstrip("\n")
    yield text


def _lesson(lesson: Lesson, stored: Mapping[str, StoredFile]) -> dict[str, Any]:
    return {
        "title": _name(lesson.title),
        "text": _with_images(lesson.text, stored),
        "link": lesson.link,
        "file": stored.get(lesson.file) if lesson.file else None,
        "images": {name: stored[name] for name in names_in(lesson.text) if name in stored},
    }


def _question(import_id: UUID, number: int, question: Question, stored: Mapping[str, StoredFile]) -> dict[str, Any]:
    body = renamed_in(question.model_dump(mode="json", exclude={"source", "category"}), {name: name for name in stored})
    # The category first: quizzes draw by it, and a bank takes so many tags.
    tags = [_tag(tag) for tag in (question.category, *question.tags) if tag]
    return {
        **body,
        "id": str(_question_id(import_id, number)),
        "tags": list(dict.fromkeys(tags))[:_MOST_TAGS],
        "images": {name: stored[name] for name in names_in(*_texts(question)) if name in stored},
    }


def _with_images(text: str, stored: Mapping[str, StoredFile]) -> str:
    """A text without the images that could not be stored, whose words remain."""
    return renamed(text, {name: name for name in stored})


def _texts(question: Question) -> list[str]:
    texts = [question.question_text, question.explanation]
    return [*texts, *(choice.text for choice in question.choices), *(prompt.text for prompt in question.prompts)]


def _exam(import_id: UUID, number: int, quiz: Quiz, ids: Mapping[str, UUID]) -> dict[str, Any]:
    return {
        "id": str(_exam_id(import_id, number)),
        "title": _name(quiz.title),
        "instructions": quiz.instructions,
        "questions": [str(ids[source]) for source in quiz.questions if source in ids],
        "points": {str(ids[source]): float(points) for source, points in quiz.points.items() if source in ids},
        "draws": [
            {
                "tag": _tag(draw.category),
                "count": draw.count,
                "points": float(draw.points),
                "difficulty": draw.difficulty,
            }
            for draw in quiz.draws
        ],
        "minutes": quiz.minutes,
        "attempts": quiz.attempts,
        "shuffle": quiz.shuffle,
    }


def _lesson_id(import_id: UUID, module: int, place: int) -> UUID:
    return uuid5(import_id, f"lesson {module} {place}")


def _exam_id(import_id: UUID, number: int) -> UUID:
    return uuid5(import_id, f"exam {number}")


def _question_id(import_id: UUID, number: int) -> UUID:
    return uuid5(import_id, f"question {number}")


def _name(text: str) -> str:
    """A title in one line, of a length that an outline and exams take."""
    return _BLANKS.sub(" ", text).strip()[:_TITLE].rstrip() or "Untitled"


def _tag(text: str) -> str:
    """A tag of a length that the bank takes; of a long path of categories the end says most."""
    return _BLANKS.sub(" ", text).strip()[-_TAG:].lstrip()


def _groups(items: Sequence[_T], size: int) -> Iterable[Sequence[_T]]:
    return (items[begin : begin + size] for begin in range(0, len(items), size))
