"""Questions in QTI 1.2, in the profile of Common Cartridge and as Canvas writes it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from html import escape

from lxml import etree

from exchange import measuring
from exchange.items import AcceptedText, AcceptedTexts, Choice, Difficulty, Prompt, Question, Sentence
from exchange.markdown import from_html
from exchange.measuring import Answer, Measured, NotScored, number

Find = Callable[[str], str | None]
Given = dict[str, Answer]
"""The answer to each response of an item, by its ident; several choices are a list, an order is a tuple."""

_TEXTUAL = ("response_str", "response_num", "response_grp")
_CHOSEN = "response_lid"
_CHOSEN_BLANKS = "multiple_dropdowns_question"
_WITH_BLANKS = ("fill_in_multiple_blanks_question", _CHOSEN_BLANKS)
_MOST_BLANKS = 100
# In a text with several blanks; neither is markup.
ASKED, OTHER = "(?)", "(…)"
_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "vargt": lambda given, bound: given > bound,
    "vargte": lambda given, bound: given >= bound,
    "varlt": lambda given, bound: given < bound,
    "varlte": lambda given, bound: given <= bound,
}
_TEXTS = ("varequal", "varsubstring", "varextension")
"""In an extension, this system writes texts in which `*` stands for any characters."""
_REGULAR_EXPRESSION = re.compile(r"[\[\]{}|^$\\]|\.[*+]|\)[*+?]")
_WILDCARD = re.compile(r"(?<!\\)\*")
_MOST_WILDCARDS = 10
_MOST_CONDITIONS = 500
_MOST_POINTS = 1000
DIFFICULTIES: dict[str, Difficulty] = {"easy": "easy", "medium": "medium", "hard": "hard", "difficult": "hard"}
_LONGEST_TITLE = 200


def is_expression(pattern: str) -> bool:
    """Whether a pattern is more than the plain text that answers are to contain; a question mark alone is text."""
    return _REGULAR_EXPRESSION.search(pattern) is not None


def metadata(element: etree._Element) -> dict[str, str]:
    """The fields of an assessment's or an item's `qtimetadata`."""
    found: dict[str, str] = {}
    for holder in ("qtimetadata", "itemmetadata"):
        for each in element.iterchildren(holder):
            for part in each.iter("qtimetadatafield"):
                found.setdefault(line(part.findtext("fieldlabel")).lower(), line(part.findtext("fieldentry")))
    return found


def points_of(stated: Fraction | None) -> Decimal:
    """As many points as a question can have; one, where none are stated."""
    if not stated or stated <= 0:
        return Decimal(1)
    return max(Decimal("0.01"), measuring.decimal(min(stated, Fraction(_MOST_POINTS)), 2))


def line(given: str | None) -> str:
    return " ".join((given or "").split())


def _keywords(item: etree._Element) -> Iterator[str]:
    for field_ in item.iterfind("itemmetadata//qtimetadatafield"):
        if line(field_.findtext("fieldlabel")).lower() == "qmd_keywords":
            yield line(field_.findtext("fieldentry"))


@dataclass
class Item:
    """An item of QTI 1.2, or one of the blanks in it. `find` answers the file of the package that a link means."""

    element: etree._Element
    find: Find
    blank: int | None = None
    files: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def parts(self) -> list["Item"]:
        """The item; of a text with several blanks, as Canvas writes it, each of them, since each is answered alone."""
        blanks = list(self.element.iterfind(f"presentation//{_CHOSEN}"))
        if metadata(self.element).get("question_type") not in _WITH_BLANKS or not 0 < len(blanks) <= _MOST_BLANKS:
            return [self]
        found = [Item(self.element, self.find, place) for place in range(len(blanks))]
        if len(found) > 1:
            for each in found:
                each.losses.append(Sentence("It is one of the {count} gaps of a text.", count=len(found)))
        return found

    @property
    def source(self) -> str:
        ident = line(self.element.get("ident"))
        return ident if self.blank is None or not ident else f"{ident}-{self.blank + 1}"

    @property
    def title(self) -> str:
        title = line(self.element.get("title"))
        return title if self.blank is None else f"{title} ({self.blank + 1})".strip()

    def question(self) -> Question:
        """Raises `NotScored` for an item that is none of our questions."""
        presentation = self.element.find("presentation")
        if presentation is None:
            raise NotScored("It has no text.")
        if self.element.find(".//calculated") is not None:
            raise NotScored("Its numbers or texts are made anew for each student.")
        self.metadata = metadata(self.element)
        self.responses = list(presentation.iter(_CHOSEN, *_TEXTUAL))
        text = self._text(presentation)
        choices, prompts, measured = self._measured()
        self.losses += measured.losses
        weights = measured.weights or {}
        return Question(
            source=self.source,
            title=self.title[:_LONGEST_TITLE],
            kind=measured.kind,
            question_text=text,
            choices=tuple(Choice(id=each.id, text=each.text, weight=weights.get(each.id)) for each in choices),
            prompts=tuple(prompts),
            correct_answer=measured.key,
            partial_credit=measured.partial_credit,
            points=self._points(),
            category=self.metadata.get("cc_question_category", ""),
            difficulty=DIFFICULTIES.get(self.metadata.get("qmd_levelofdifficulty", "").lower()),
            tags=tuple(dict.fromkeys(_keywords(self.element))),
            explanation=self._explanation(measured),
        )

    def _text(self, presentation: etree._Element) -> str:
        shown = []
        # The text of a match stands before its lists; other questions may have theirs within the response.
        apart = {_CHOSEN, *_TEXTUAL} if self._is_match or self.blank is not None else {"response_label"}
        for material in presentation.iter("material"):
            if apart.isdisjoint(str(each.tag) for each in material.iterancestors()):
                shown.append(self._markdown(material))
        text = "\n\n".join(filter(None, shown)) or self.title
        if not text:
            raise NotScored("It has no text.")
        for place, response in enumerate(self.responses) if self.blank is not None else ():
            name = re.escape((response.get("ident") or "").removeprefix("response_"))
            mark = ASKED if place == self.blank else OTHER
            text = re.sub(rf"\\?\[{name}\\?\]", mark, text)
        return text

    @property
    def _is_match(self) -> bool:
        return len(self.responses) > 1 or self.metadata.get("question_type") == "matching_question"

    def _markdown(self, holder: etree._Element) -> str:
        converted = from_html(_html(holder), self.find)
        self.files += converted.images
        self.losses += converted.losses
        return converted.text

    def _points(self) -> Decimal:
        points = points_of(number(self.metadata.get("cc_weighting")) or number(self.metadata.get("points_possible")))
        return points if self.blank is None else max(Decimal("0.01"), round(points / len(self.responses), 2))

    def _measured(self) -> tuple[Iterable[Choice], Iterable[Prompt], Measured]:
        if not self.responses:
            raise NotScored("It asks nothing.")
        if self.blank is not None:
            response = self.responses[self.blank]
            if self.metadata["question_type"] == _CHOSEN_BLANKS:
                return self._choices(response, response.get("ident") or "")
            return (), (), self._filled_in(response, response.get("ident") or "")
        if self._is_match:
            return self._matching()
        response = self.responses[0]
        name = response.get("ident") or ""
        if response.tag == _CHOSEN:
            return self._choices(response, name)
        if response.tag == "response_grp":
            raise NotScored("There is no question of its kind here.")
        return (), (), self._typed(response, name)

    def _choices(self, response: etree._Element, name: str) -> tuple[Iterable[Choice], Iterable[Prompt], Measured]:
        choices = self._shown_choices(response)
        ids = {each: choice.id for each, choice in choices.items()}
        cardinality = (response.get("rcardinality") or "Single").lower()
        if cardinality == "ordered":
            measured = measuring.ordering(list(choices), self._named(), lambda given: self.score({name: given}))
        elif cardinality == "multiple":
            measured = measuring.multiple(list(choices), self._right(), lambda given: self.score({name: given}))
        else:
            measured = measuring.single(list(choices), None, lambda given: self.score({name: given}))
        measured = measuring.renamed(measured, ids)
        two_words = measuring.true_or_false(choices.values(), measured)
        return ((), (), two_words) if two_words else (choices.values(), (), measured)

    def _filled_in(self, response: etree._Element, name: str) -> Measured:
        """Each label is a text that may be typed into the blank."""
        texts = {
            each.get("ident") or "": line("".join(map(str, each.itertext())))
            for each in response.iter("response_label")
        }
        scores = {ident: self.score({name: ident}) for ident, text in texts.items() if text}
        best = max(scores.values(), default=Fraction(0))
        if best <= 0:
            raise NotScored("No answer earns points by its scoring.")
        credits_ = {texts[ident]: measuring.percent(score, best) for ident, score in scores.items() if score > 0}
        accepted = {
            text.casefold(): AcceptedText(text=measuring.escaped(text), credit=credits_[text]) for text in credits_
        }
        return Measured("short", AcceptedTexts(accepted=tuple(accepted.values())), best, None)

    def _shown_choices(self, response: etree._Element) -> dict[str, Choice]:
        labels = response.iter("response_label")
        return measuring.choices((each.get("ident") or "", self._markdown(each)) for each in labels)

    def _named(self) -> list[str]:
        return [line(each.text) for each in self.element.iter("varequal")]

    def _right(self) -> list[str]:
        """The choices that conditions with points name, and not those that they name in a `not`."""
        earning = [
            each for each in self._conditions() if any(_changed(Fraction(0), it) > 0 for it in each.iter("setvar"))
        ]
        wanted = [each for condition in earning for each in condition.iter("varequal")]
        return [line(each.text) for each in wanted if next(each.iterancestors("not"), None) is None]

    def _matching(self) -> tuple[Iterable[Choice], Iterable[Prompt], Measured]:
        """Several lists of the same choices are one match, as Canvas writes it."""
        if any(each.tag != _CHOSEN for each in self.responses):
            raise NotScored(
                Sentence("It asks {count} things at once, and a question here asks one.", count=len(self.responses))
            )
        lists = [self._shown_choices(each) for each in self.responses]
        if any(each != lists[0] for each in lists) or len(lists) > 50:
            raise NotScored(Sentence("It asks {count} things at once, and a question here asks one.", count=len(lists)))
        shown = ((each.get("ident") or "", self._markdown_before(each)) for each in self.responses)
        prompts = measuring.choices(shown, least=1)
        choices = lists[0]
        key = {}
        for prompt in prompts:
            scores = {choice: self.score({prompt: choice}) for choice in choices}
            best = max(scores, key=lambda choice: scores[choice])
            if scores[best] <= 0:
                best = next((value for name, value in self._named_pairs() if name == prompt and value in choices), best)
            key[prompt] = best
        measured = measuring.matching(
            list(choices),
            key,
            lambda prompt, choice: f"{prompt}\n{choice}",
            lambda pairs: self.score(dict(pair.split("\n", 1) for pair in pairs)),
        )
        # One name may stand on both sides here.
        ids = {name: each.id for name, each in prompts.items()}
        right = {ids[prompt]: choices[choice].id for prompt, choice in key.items()}
        asked = [Prompt(id=each.id, text=each.text) for each in prompts.values()]
        return (
            choices.values(),
            asked,
            Measured(
                "matching", right, measured.best, key, partial_credit=measured.partial_credit, losses=measured.losses
            ),
        )

    def _named_pairs(self) -> list[tuple[str, str]]:
        return [(line(each.get("respident")), line(each.text)) for each in self.element.iter("varequal")]

    def _markdown_before(self, response: etree._Element) -> str:
        return "\n\n".join(self._markdown(each) for each in response.iterchildren("material"))

    def _typed(self, response: etree._Element, name: str) -> Measured:
        conditions = [each for each in self._conditions() if each.find("setvar") is not None]
        tests = [test for each in conditions for test in each.iter(*_TEXTS, *_COMPARISONS)]
        if not tests:
            return Measured("text", None, Fraction(1), None)
        numbers = [number(test.text) for test in tests]
        is_number = any(test.tag in _COMPARISONS for test in tests) or response.tag == "response_num"
        if is_number and None not in numbers:
            return measuring.numeric(
                [each for each in numbers if each is not None], lambda given: self.score({name: given})
            )
        samples: dict[str, str] = {}
        for each in tests:
            stated = line(each.text)
            if each.tag == "varequal":
                samples |= measuring.texts([stated])
            elif each.tag == "varsubstring" and stated:
                if is_expression(stated):
                    raise NotScored("Its pattern says more than a text with wildcards can.")
                samples[f"*{measuring.escaped(stated)}*"] = f"~ {stated} ~"
            elif each.tag == "varextension":
                samples[stated] = _WILDCARD.sub("~", stated).replace("\\*", "*")
        return measuring.short(samples, lambda given: self.score({name: given}))

    def score(self, given: Given) -> Fraction:
        return self._run(given)[0]

    def _conditions(self) -> Iterator[etree._Element]:
        for processing in self.element.iterchildren("resprocessing"):
            yield from processing.iterchildren("respcondition")

    def _run(self, given: Given) -> tuple[Fraction, list[str]]:
        """The score of an answer, and the feedback that it brings."""
        score = Fraction(0)
        feedback = []
        matched = False
        for place, condition in enumerate(self._conditions()):
            if place > _MOST_CONDITIONS:
                raise NotScored("Its scoring is too long.")
            test = condition.find("conditionvar")
            if test is None or not _holds_all(test, given, matched):
                continue
            matched = True
            for change in condition.iterchildren("setvar"):
                if (change.get("varname") or "SCORE").upper() in ("SCORE", "QUE_SCORE"):
                    score = _changed(score, change)
            feedback += [each.get("linkrefid") or "" for each in condition.iterchildren("displayfeedback")]
            if _ends(condition):
                break
        return score, feedback

    def _explanation(self, measured: Measured) -> str:
        """The feedback that the right answer brings, and solutions."""
        all_feedback = {each.get("ident") or "": each for each in self.element.iterchildren("itemfeedback")}
        if not all_feedback:
            return ""
        shown = self._run(self._answer(measured))[1] if measured.answer is not None else list(all_feedback)
        solutions = [name for name, each in all_feedback.items() if each.find(".//solution") is not None]
        names = [name for name in dict.fromkeys([*shown, *solutions]) if name in all_feedback]
        if len(names) < len(all_feedback):
            self.losses.append("Feedback on wrong answers was left out.")
        texts = [self._markdown(all_feedback[name]) for name in names]
        return "\n\n".join(dict.fromkeys(filter(None, texts)))

    def _answer(self, measured: Measured) -> Given:
        if isinstance(measured.answer, dict):
            return measured.answer
        return {self.responses[0].get("ident") or "": measured.answer}


def _ends(condition: etree._Element) -> bool:
    """By the standard, no later condition counts unless `continue` says so; but many programs leave it out.

    Without it, a condition ends the scoring only if it sets the score, rather than adding to it.
    """
    stated = condition.get("continue")
    if stated is not None:
        return stated.lower() != "yes"
    return any((change.get("action") or "Set").lower() == "set" for change in condition.iterchildren("setvar"))


def _changed(score: Fraction, change: etree._Element) -> Fraction:
    value = number(change.text) or Fraction(0)
    match (change.get("action") or "Set").lower():
        case "add":
            return score + value
        case "subtract":
            return score - value
        case "multiply":
            return score * value
        case "divide":
            return score / value if value else score
        case _:
            return value


def _holds_all(test: etree._Element, given: Given, matched: bool, depth: int = 0) -> bool:
    """Whether all parts of a test hold; several texts for one blank are alternatives in the cartridges' profile."""
    parts = list(test)
    asked = {part.get("respident") for part in parts}
    alternatives = (
        len(parts) > 1 and len(asked) == 1 and all(part.tag in ("varequal", "varsubstring") for part in parts)
    )
    if alternatives and not isinstance(given.get(asked.pop() or ""), list | tuple):
        return any(_holds(part, given, matched, depth) for part in parts)
    return all(_holds(part, given, matched, depth) for part in parts)


def _holds(test: etree._Element, given: Given, matched: bool, depth: int) -> bool:
    if depth > 20:
        raise NotScored("Its scoring is too deeply nested.")
    answer = given.get(test.get("respident") or "")
    match test.tag:
        case "and":
            return all(_holds(part, given, matched, depth + 1) for part in test)
        case "or":
            return any(_holds(part, given, matched, depth + 1) for part in test)
        case "not":
            return not all(_holds(part, given, matched, depth + 1) for part in test)
        case "other":
            return not matched
        case "unanswered":
            return answer is None
        case "varequal" | "varsubstring" | "varextension":
            return _equals(test, answer)
        case tag if tag in _COMPARISONS:
            bound = number(test.text)
            if bound is None:
                raise NotScored("Its scoring contradicts itself.")
            return isinstance(answer, Fraction) and _COMPARISONS[str(tag)](answer, bound)
    raise NotScored("Its scoring is a program of its own, which cannot be taken over.")


def _equals(test: etree._Element, answer: Answer) -> bool:
    wanted = line(test.text)
    if test.tag == "varextension":
        return _is_like(wanted, answer, case_sensitive=(test.get("case") or "No").lower() == "yes")
    if isinstance(answer, Fraction):
        return answer == number(wanted)
    if isinstance(answer, list):
        return wanted in answer
    if isinstance(answer, tuple):
        place = number(test.get("index"))
        return answer[int(place) - 1 : int(place)] == (wanted,) if place else False
    if answer is None:
        return False
    given = line(answer)
    if (test.get("case") or "No").lower() != "yes":
        wanted, given = wanted.casefold(), given.casefold()
    return wanted in given if test.tag == "varsubstring" else wanted == given


def _is_like(wanted: str, answer: Answer, *, case_sensitive: bool) -> bool:
    pieces = [each.replace("\\*", "*") for each in _WILDCARD.split(wanted)]
    if len(pieces) > _MOST_WILDCARDS:
        raise NotScored("Its scoring is too long.")
    return isinstance(answer, str) and measuring.is_like(pieces, answer, case_sensitive=case_sensitive)


def _html(holder: etree._Element) -> str:
    """The HTML of the materials in an element."""
    parts = []
    for each in holder.iter("mattext", "matemtext", "matimage", "matbreak"):
        content = "".join(map(str, each.itertext()))
        if each.tag == "matbreak":
            parts.append("<br>")
        elif each.tag == "matimage":
            parts.append(f'<img src="{escape(each.get("uri") or "")}" alt="{escape(each.get("label") or "")}">')
        elif "html" in (each.get("texttype") or "").lower():
            parts.append(f"<div>{content or _markup(each)}</div>")
        else:
            lines = escape(content).strip().replace("\n", "<br>")
            parts.append(f"<p>{lines}</p>")
    return "".join(parts)


def _markup(element: etree._Element) -> str:
    return "".join(etree.tostring(each, encoding="unicode", method="html") for each in element)
