"""The question bank of a backup."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from lxml import etree

from exchange import cloze, gapfill, moodle
from exchange.formats.moodle_backup.documents import Documents, value, whole
from exchange.formats.moodle_backup.files import Files
from exchange.items import Question, Sentence
from exchange.markdown import from_text
from exchange.moodle import Answer, Source, Unfit


@dataclass(frozen=True)
class Drawn:
    """What a random question of a quiz is drawn from: what a category has with all of these tags, by their ids."""

    category: str
    from_subcategories: bool = False
    tags: tuple[str, ...] = ()


class QuestionBank:
    """`questions` as they are taken; `take` adds those of other parts of the backup."""

    def __init__(self, backup: Documents, files: Files) -> None:
        self._backup = backup
        self._files = files
        self.questions: list[Question] = []
        self._categories: dict[str, str] = {}
        # By id of a question, and of its entry in the bank: its source, or for a random one what it draws from.
        self.sources: dict[str, str] = {}
        self.draws: dict[str, Drawn] = {}
        self._tag_names: dict[str, str] = {}
        # The texts of questions that are gaps of another, by their ids; and what such another became.
        self._embedded: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}
        self._read_questions()

    def _read_questions(self) -> None:
        root = self._backup.parse("questions.xml")
        if root is None:
            return
        self._categories = _category_paths(root)
        self._embedded = {
            question.get("id", ""): value(question, "questiontext")
            for question in root.iter("question")
            if value(question, "parent") not in ("", "0")
        }
        for category in root.iterfind("question_category"):
            path = self._categories[category.get("id", "")]
            for entry, question in _entries(category):
                identity = question.get("id", "")
                if value(question, "qtype") == "random":
                    # Moodle 2 and 3 keep there whether subcategories count.
                    self.draws[identity] = Drawn(category.get("id", ""), value(question, "questiontext") == "1")
                    continue
                if value(question, "parent") not in ("", "0"):
                    continue  # A part of a question with several gaps.
                self.sources[identity] = self.sources[f"entry-{entry}"] = f"question-{identity}"
                self._read_question(question, path)

    def _read_question(self, element: etree._Element, category: str) -> None:
        identity, kind = element.get("id", ""), value(element, "qtype")
        named = {tag.get("id", ""): value(tag, "rawname") or value(tag, "name") for tag in element.iterfind("tags/tag")}
        tags = [moodle.short(tag, moodle.LONGEST_TAG) for tag in named.values()]
        self._tag_names |= dict(zip(named, tags, strict=True))
        source = Source(f"question-{identity}", title=value(element, "name"), category=category, tags=tags)
        points = moodle.decimal(value(element, "defaultmark") or "1")
        source.points = Decimal(1) if points is None else points
        where = "Question bank"
        read_parts = {"multianswer": self._gaps_of_text, "gapfill": self._gapfill}.get(kind)
        if read_parts is None:
            self.take(where, source, partial(self._question, element, kind, source))
            return
        try:
            parts = read_parts(element, source)
        except Unfit as unfit:
            self._backup.report.left_out(where, source.title or source.name, unfit.reason)
            return
        self.parts[source.name] = [part.name for part, _ in parts]
        for part, read_question in parts:
            self.take(where, part, read_question)

    def take(self, where: str, source: Source, read_question: Callable[[], Question]) -> None:
        moodle.take(self._backup.report, self.questions, where, source, read_question)

    def _gaps_of_text(self, element: etree._Element, source: Source) -> list[tuple[Source, Callable[[], Question]]]:
        """The parts of a text with gaps, which are questions of their own in the backup: their text is the gap's."""
        identity = element.get("id", "")
        text = value(element, "questiontext")
        sequence = value(element, "plugin_qtype_multianswer_question/multianswer/sequence").split(",")
        for place, part in enumerate(sequence[: cloze.MOST_GAPS], 1):
            # Each stands in one place only, so that the text cannot grow out of all proportion.
            text = text.replace(f"{{#{place}}}", self._embedded.pop(part.strip(), ""), 1)
        source.explanation = self._markdown(element, "generalfeedback", "generalfeedback", identity, source)
        find = self._files.of_item("questiontext", identity)
        return cloze.parts(source, text, value(element, "questiontextformat") or "1", find)

    def _gapfill(self, element: etree._Element, source: Source) -> list[tuple[Source, Callable[[], Question]]]:
        identity, plugin = element.get("id", ""), element.find("plugin_qtype_gapfill_question")
        stated = None if plugin is None else plugin.find("gapfill")
        if plugin is None or stated is None:
            raise Unfit("It has no gap with answers.")
        answers = plugin.findall("answers/answer")
        settings = gapfill.Settings(
            delimiters=value(stated, "delimitchars"),
            is_typed=value(stated, "answerdisplay") == "gapfill",
            case_sensitive=value(stated, "casesensitive") == "1",
            is_plain=value(stated, "disableregex") == "1",
            counts_once=value(stated, "noduplicates") == "1",
            others=tuple(value(each, "answertext") for each in answers if not moodle.decimal(value(each, "fraction"))),
        )
        source.explanation = self._markdown(element, "generalfeedback", "generalfeedback", identity, source)
        find = self._files.of_item("questiontext", identity)
        text_format = value(element, "questiontextformat") or "1"
        return gapfill.parts(source, value(element, "questiontext"), text_format, find, settings)

    def _question(self, element: etree._Element, kind: str, source: Source) -> Question:
        identity = element.get("id", "")
        source.text = self._markdown(element, "questiontext", "questiontext", identity, source)
        source.explanation = self._markdown(element, "generalfeedback", "generalfeedback", identity, source)
        if kind == "description":
            raise Unfit("This is a text without a question.")
        plugin = element.find(f"plugin_qtype_{kind}_question")
        if plugin is None:
            plugin = element
        if kind == "essay":
            return moodle.essay(source)
        if kind == "match":
            pairs = [
                (
                    self._markdown(pair, "questiontext", "subquestion", pair.get("id", ""), source),
                    from_text(value(pair, "answertext")),
                )
                for pair in plugin.iterfind("matches/match")
            ]
            return moodle.matching(source, pairs)
        tolerances = {
            value(record, "answer"): value(record, "tolerance")
            for record in plugin.iterfind("numerical_records/numerical_record")
        }
        answers = {
            answer.get("id", ""): self._answer(answer, tolerances.get(answer.get("id", ""), "0"), source)
            for answer in plugin.iterfind("answers/answer")
        }
        match kind:
            case "multichoice" | "multichoiceset" | "oumultiresponse":
                are_shares = kind == "oumultiresponse"
                given = moodle.in_equal_shares(source, answers.values()) if are_shares else list(answers.values())
                single = kind == "multichoice" and value(plugin, "multichoice/single") != "0"
                return moodle.choice(source, given, single=single, all_or_nothing=kind == "multichoiceset")
            case "truefalse":
                true = answers.get(value(plugin, "truefalse/trueanswer"))
                false = answers.get(value(plugin, "truefalse/falseanswer"))
                if true is None or false is None:
                    raise Unfit("Neither true nor false is right.")
                return moodle.true_false(source, key=true.fraction > 0, if_true=true.feedback, if_false=false.feedback)
            case "shortanswer":
                case_sensitive = value(plugin, "shortanswer/usecase") == "1"
                return moodle.short_answer(source, list(answers.values()), case_sensitive=case_sensitive)
            case "numerical":
                if plugin.find("numerical_units/numerical_unit") is not None:
                    source.losses.append("Units were left out: the number alone is asked for.")
                return moodle.numeric(source, list(answers.values()))
            case "gapselect" | "ddwtos":
                return moodle.gaps(source, [from_text(answer.plain) for answer in answers.values()])
            case "ordering":
                ordered = sorted(answers.values(), key=lambda answer: answer.fraction)
                return moodle.ordering(source, [answer.text for answer in ordered])
        raise Unfit(Sentence("The bank has no questions of the type {kind}.", kind=moodle.short(kind, 50)))

    def _answer(self, element: etree._Element, tolerance: str, source: Source) -> Answer:
        identity = element.get("id", "")
        return Answer(
            text=self._markdown(element, "answertext", "answer", identity, source),
            plain=value(element, "answertext"),
            fraction=100 * (moodle.decimal(value(element, "fraction")) or Decimal(0)),
            feedback=self._markdown(element, "feedback", "answerfeedback", identity, source),
            tolerance=moodle.decimal(tolerance) or Decimal(0),
        )

    def _markdown(self, element: etree._Element, name: str, area: str, item: str, source: Source) -> str:
        text = value(element, name)
        kind = value(element, f"{name}format") or value(element, "answerformat") or "1"
        converted = moodle.as_markdown(text, kind, self._files.of_item(area, item))
        source.losses += converted.losses
        return converted.text

    def tag_of(self, drawn: Drawn) -> str | None:
        """The tag by which just these questions are drawn: their category's, else one more that they get."""
        category = self._categories.get(drawn.category)
        if not category:
            return None
        wanted = {self._tag_names.get(each, "") for each in drawn.tags}
        tag = category + "".join(f" #{each}" for each in sorted(wanted))
        within = f"{category}/" if drawn.from_subcategories else None
        chosen = {
            question.source
            for question in self.questions
            if (question.category == category or (within and question.category.startswith(within)))
            and wanted <= set(question.tags)
        }
        if any(question.source in chosen and question.category != category for question in self.questions):
            tag += "/*"
        if tag != category:
            self.questions = [
                question.model_copy(update={"tags": tuple(dict.fromkeys((tag, *question.tags)))})
                if question.source in chosen
                else question
                for question in self.questions
            ]
        return tag if chosen else None


def _category_paths(root: etree._Element) -> dict[str, str]:
    """By id; a category stands within another, and the outermost is called top."""
    named = {
        category.get("id", ""): (value(category, "name"), value(category, "parent"))
        for category in root.iterfind("question_category")
    }
    paths = {}
    for identity in named:
        parts: list[str] = []
        here, seen = identity, set[str]()
        while here in named and here not in seen:
            seen.add(here)
            name, parent = named[here]
            if not (name == "top" and parent not in named):
                parts.append(name.replace("/", "-"))
            here = parent
        paths[identity] = moodle.short("/".join(reversed(parts)), 100)
    return paths


def _entries(category: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The questions of a category: as Moodle 2 and 3 wrote them, and the newest version of each, as 4 and 5 do."""
    for question in category.iterfind("questions/question"):
        yield "", question
    for entry in category.iterfind("question_bank_entries/question_bank_entry"):
        versions = entry.findall("question_version/question_versions")
        newest = max(versions, key=lambda each: whole(value(each, "version")), default=None)
        found = newest.find("questions/question") if newest is not None else None
        if found is not None:
            yield entry.get("id", ""), found
