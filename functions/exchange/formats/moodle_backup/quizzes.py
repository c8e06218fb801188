"""The quizzes of a backup, as drafts of exams."""

import json
import re
from collections import Counter
from decimal import Decimal

from lxml import etree

from exchange import moodle
from exchange.formats.moodle_backup.documents import value, whole
from exchange.formats.moodle_backup.questions import Drawn, QuestionBank
from exchange.items import Draw, Quiz, Report, Sentence
from exchange.markdown import Converted


class Quizzes:
    def __init__(self, bank: QuestionBank, report: Report) -> None:
        self._bank = bank
        self._report = report
        self.quizzes: list[Quiz] = []

    def read(self, where: str, title: str, element: etree._Element, intro: Converted) -> None:
        taken = {question.source: question for question in self._bank.questions}
        points: dict[str, Decimal] = {}
        draws: Counter[tuple[str, Decimal]] = Counter()
        lost = 0
        losses = list(intro.losses)
        for slot in _slots(element):
            source, drawn = self._slot(slot)
            mark = _mark(slot)
            if mark == 0:
                losses.append("Questions that counted nothing there count here.")
            named = [taken[each] for each in self._bank.parts.get(source or "", [source]) if each in taken]
            tag = self._bank.tag_of(drawn) if drawn else None
            if named:
                whole = sum(each.points for each in named)
                # Of a text with several gaps, each gap has its share.
                points |= {each.source: round(mark * each.points / whole, 2) if mark else each.points for each in named}
            elif tag:
                draws[tag, mark or Decimal(1)] += 1
            else:
                lost += 1
        if lost:
            losses.append(Sentence("Questions of it that could not be taken: {questions}.", questions=lost))
        if not points and not draws:
            self._report.left_out(where, title, "It has no question that could be taken.")
            return
        seconds, attempts = value(element, "timelimit"), value(element, "attempts_number")
        quiz = f"quiz-{element.get('id')}"
        self.quizzes.append(
            Quiz(
                source=quiz,
                title=title,
                instructions=intro.text[: moodle.LONGEST_TEXT],
                questions=tuple(points),
                points={source: given for source, given in points.items() if given != taken[source].points},
                draws=tuple(Draw(category=tag, count=count, points=given) for (tag, given), count in draws.items()),
                minutes=-(-int(seconds) // 60) if re.fullmatch(r"[1-9]\d{0,6}", seconds) else None,
                attempts=int(attempts) if re.fullmatch(r"[1-9]\d?", attempts) else None,
                shuffle=value(element, "shufflequestions") == "1",
            )
        )
        self._report.took(where, title, losses, quiz=quiz)

    def _slot(self, slot: etree._Element) -> tuple[str | None, Drawn | None]:
        """The source of a slot's question, or what one is drawn from."""
        entry = value(slot, "question_reference/questionbankentryid")
        if entry:
            return self._bank.sources.get(f"entry-{entry}"), None
        condition = value(slot, "question_set_reference/filtercondition")
        if condition:
            return None, _drawn(condition)
        identity = value(slot, "questionid") or value(slot, "question")
        return self._bank.sources.get(identity), self._bank.draws.get(identity)


def _slots(element: etree._Element) -> list[etree._Element]:
    slots = element.findall("question_instances/question_instance")
    order = [part for part in value(element, "questions").split(",") if part not in ("", "0")]
    if order:
        place = {name: number for number, name in enumerate(order)}
        return sorted(slots, key=lambda slot: place.get(value(slot, "question"), len(place)))
    return sorted(slots, key=lambda slot: whole(value(slot, "slot")))


def _mark(slot: etree._Element) -> Decimal | None:
    """The points of a question in a quiz; None where the quiz does not say, or says what the exam cannot have."""
    mark = moodle.decimal(value(slot, "maxmark") or value(slot, "grade"))
    return round(mark, 2) if mark is not None and 0 <= mark <= moodle.MOST_POINTS else None


def _drawn(condition: str) -> Drawn | None:
    """The filter of a random question, as 4.0 and as later versions write it."""
    try:
        found = json.loads(condition)
        if "questioncategoryid" in found:
            from_all = str(found.get("includingsubcategories") or "0") != "0"
            # Each tag is its id, a comma, and its name.
            tags = tuple(str(tag).partition(",")[0] for tag in found.get("tags") or ())
            return Drawn(str(found["questioncategoryid"]), from_all, tags)
        category = found["filter"]["category"]
        from_all = bool(category.get("filteroptions", {}).get("includesubcategories"))
        tags = tuple(map(str, found["filter"].get("qtagids", {}).get("values", ())))
        return Drawn(str(category["values"][0]), from_all, tags)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None
