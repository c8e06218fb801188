"""Reads a problem of Open edX (capa): each response in it becomes a question.

What the elements mean: Open edX's "Open Learning XML" guide, and `xmodule/capa/responsetypes.py` of edx-platform.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from lxml import etree

from exchange import measuring
from exchange.items import AcceptedText, AcceptedTexts, Choice, Key, Question, Range, Ranges, Value
from exchange.markdown import from_html
from exchange.measuring import Measured, NotScored, number

Find = Callable[[str], str | None]

BLANK = "_____"
_INPUTS = (
    *("choicegroup", "radiogroup", "checkboxgroup", "optioninput", "textline", "formulaequationinput", "textbox"),
    *("crystallography", "vsepr_input", "imageinput", "javascriptinput", "jsinput", "filesubmission", "schematic"),
)
_INLINE = ("textline", "formulaequationinput", "optioninput")
_HIDDEN = (
    *("solution", "demandhint", "hintgroup", "hint", "script", "responseparam", "additional_answer", "correcthint"),
    *("choicehint", "optionhint", "compoundhint", "stringequalhint", "regexphint", "answer", "partial_answers"),
)
_MOST_RESPONSES = 100
_LONGEST_TITLE = 200
_MOST_POINTS = 1000
_UNLESS_SAID = Fraction(1, 100_000)
"""The tolerance of a number for which none is given, as a share of it."""
_INTERVAL = re.compile(r"^([\[(])\s*([^,]+),\s*([^,]+?)\s*([\])])$")
_LONGEST_INTERVAL = 200
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]")
_REGULAR_EXPRESSION = "It compares with a regular expression, which cannot be taken over."


@dataclass
class ProblemBlock:
    """A problem with its responses. `find` answers the file of the course that a link means."""

    element: etree._Element
    source: str
    title: str
    find: Find
    files: list[str] = field(default_factory=list)

    def responses(self) -> list["Response"]:
        """Each response, an optioninput being one of its own."""
        found: list[Response] = []
        for element in self.element.iter(etree.Element):
            if not str(element.tag).endswith("response"):
                continue
            inputs = list(element.iter(*_INPUTS)) if element.tag == "optionresponse" else [element]
            found += [Response(self, element, each) for each in inputs]
            if len(found) > _MOST_RESPONSES:
                raise NotScored("It asks more than a hundred things.")
        return found

    def questions(self) -> Iterator[tuple[str, Question | None, list[str]]]:
        """For each response its name, and the question it became, with losses; or no question, with the reason."""
        responses = self.responses()
        texts = self._texts(responses)
        for place, response in enumerate(responses, 1):
            name = self.source if len(responses) == 1 else f"{self.source}-{place}"
            title = self.title if len(responses) == 1 else f"{self.title} ({place})"
            try:
                question = response.question(name, title, texts[place - 1], self._points(len(responses)))
                yield title, question, response.losses
            except NotScored as refused:
                yield title, None, [refused.reason]

    def _points(self, shared_by: int) -> Decimal:
        """The weight is that of the whole problem; without one, each response is a point."""
        weight = number(self.element.get("weight"))
        if weight is None or weight <= 0:
            return Decimal(1)
        return max(Decimal("0.01"), measuring.decimal(min(weight, Fraction(_MOST_POINTS)) / shared_by, 2))

    def _texts(self, responses: Sequence["Response"]) -> list[etree._Element]:
        """What each response is asked with: the text before it, or what introduces all of them."""
        shown = deepcopy(self.element)
        for hidden in list(shown.iter(*_HIDDEN)):
            _remove(hidden)
        texts: list[list[etree._Element]] = [[]]
        for child in _parts(shown):
            count = sum(_size(each) for each in child.iter(etree.Element) if str(each.tag).endswith("response"))
            texts[-1].append(_asked(child))
            texts += [[] for _ in range(count)]
        tail = texts.pop() if len(texts) > 1 else []
        if len(responses) == 1:
            texts[0] += tail
        joined = [_joined(each) for each in texts]
        intro = self._introduction(shown)
        return [
            _joined([intro, each]) if place and (own or not _has_text(each)) else each
            for place, (each, own) in enumerate(zip(joined, map(_has_label, responses), strict=True))
        ]

    def _introduction(self, shown: etree._Element) -> etree._Element:
        before = []
        for child in _parts(shown):
            if any(str(each.tag).endswith("response") for each in child.iter(etree.Element)):
                break
            before.append(deepcopy(child))
        return _joined(before)


@dataclass
class Response:
    problem: ProblemBlock
    element: etree._Element
    input: etree._Element
    """The element itself, or of an optionresponse one of its inputs."""
    losses: list[str] = field(default_factory=list)

    def question(self, source: str, title: str, asked: etree._Element, points: Decimal) -> Question:
        """Raises `NotScored` for a response that is none of our questions."""
        if self._is_computed(asked):
            raise NotScored("A program computes its numbers or its answer.")
        reading = READERS.get(str(self.element.tag))
        if reading is None:
            raise NotScored("There is no question of its kind here.")
        choices, measured = reading(self)
        self.losses += measured.losses
        weights = measured.weights or {}
        text = self.markdown(asked) or title
        if not text:
            raise NotScored("It has no text.")
        return Question(
            source=source,
            title=title[:_LONGEST_TITLE],
            kind=measured.kind,
            question_text=text,
            choices=tuple(Choice(id=each.id, text=each.text, weight=weights.get(each.id)) for each in choices),
            correct_answer=measured.key,
            partial_credit=measured.partial_credit,
            points=points,
            explanation=self._explanation(),
        )

    def _is_computed(self, asked: etree._Element) -> bool:
        """Whether a variable of the problem's script stands in the text, a choice or the answer."""
        if next(self.problem.element.iter("script"), None) is None:
            return False
        texts = [etree.tostring(each, encoding="unicode") for each in (asked, self.element)]
        return any(_VARIABLE.search(each) for each in texts)

    def markdown(self, element: etree._Element) -> str:
        converted = from_html(_html(element), self.problem.find)
        self.problem.files += converted.images
        self.losses += converted.losses
        return converted.text

    def choices(self, elements: Iterable[etree._Element]) -> dict[str, Choice]:
        """By their place, since names need not differ."""
        shown = []
        for place, element in enumerate(elements):
            text = deepcopy(element)
            for hint in list(text.iter("choicehint", "optionhint")):
                _remove(hint)
            shown.append((f"choice-{place + 1}", self.markdown(text)))
        return measuring.choices(shown)

    def _explanation(self) -> str:
        """Solutions and hints: those in the response, of the problem those behind it."""
        found = [*self.element.iter("solution")] or self._solutions_behind()
        found += self.element.iter("correcthint")
        found += [
            hint
            for choice in self.element.iter("choice", "option")
            if _is_true(choice.get("correct"))
            for hint in choice.iter("choicehint", "optionhint")
            if _is_true(hint.get("selected", "true"))
        ]
        found += [hint for demand in self.problem.element.iter("demandhint") for hint in demand.iter("hint")]
        texts = [self.markdown(_without_heading(each)) for each in found]
        return "\n\n".join(dict.fromkeys(filter(None, texts)))

    def _solutions_behind(self) -> list[etree._Element]:
        """Solutions outside of responses, up to the next response."""
        found = []
        behind = False
        for element in self.problem.element.iter(etree.Element):
            if str(element.tag).endswith("response"):
                behind = element is self.element
            elif behind and element.tag == "solution":
                found.append(element)
        only = len(self.problem.responses()) == 1
        return list(self.problem.element.iter("solution")) if only else found


_Read = tuple[Iterable[Choice], Measured]


def _read_multiple_choice(response: Response) -> _Read:
    elements = list(response.element.iter("choice"))
    choices = response.choices(elements)
    shares = {name: _share(element, response) for name, element in zip(choices, elements, strict=True)}
    measured = measuring.single(list(choices), None, lambda name: shares[name])
    two_words = measuring.true_or_false(choices.values(), measured)
    return ((), two_words) if two_words else (choices.values(), measured)


def _share(choice: etree._Element, response: Response) -> Fraction:
    """Of a choice that is partly right; it is half right unless it says otherwise."""
    stated = (choice.get("correct") or "").strip().lower()
    if stated == "partial" and (response.element.get("partial_credit") or "").lower() == "points":
        value = number(choice.get("point_value"))
        return Fraction(1, 2) if value is None else value
    return Fraction(stated == "true")


def _read_checkboxes(response: Response) -> _Read:
    elements = list(response.element.iter("choice"))
    choices = response.choices(elements)
    right = {name for name, element in zip(choices, elements, strict=True) if _is_true(element.get("correct"))}
    credit = (response.element.get("partial_credit") or "").lower()

    def score(chosen: list[str]) -> Fraction:
        errors = len(right.symmetric_difference(chosen))
        if errors == 0:
            return Fraction(1)
        if credit == "edc":
            return Fraction(len(choices) - errors, len(choices))
        if credit == "halves" and errors <= 2 and len(choices) > 2 * errors:
            return Fraction(1, 2**errors)
        return Fraction(0)

    return choices.values(), measuring.multiple(list(choices), sorted(right), score)


def _read_options(response: Response) -> _Read:
    options = list(response.input.iter("option"))
    if options:
        choices = response.choices(options)
        right = [name for name, each in zip(choices, options, strict=True) if _is_true(each.get("correct"))]
    else:
        texts = _listed(response.input.get("options") or "")
        choices = measuring.choices(
            (f"choice-{place}", response.markdown(_plain(text))) for place, text in enumerate(texts, 1)
        )
        correct = _unquoted(response.input.get("correct") or "")
        right = [name for name, text in zip(choices, texts, strict=True) if text.strip() == correct]
    return choices.values(), measuring.single(list(choices), None, lambda name: Fraction(name in right))


def _listed(options: str) -> list[str]:
    """`('a','b')` or `a,b`."""
    quoted = [re.sub(r"\\(.)", r"\1", one or other) for one, other in _QUOTED.findall(options)]
    return quoted or [each.strip() for each in options.strip("() ").split(",") if each.strip()]


def _unquoted(text: str) -> str:
    listed = _listed(text)
    return (listed[0] if len(listed) == 1 and _QUOTED.fullmatch(text.strip("() ")) else text).strip()


def _read_number(response: Response) -> _Read:
    answers = [response.element.get("answer"), *(_answer(each) for each in response.element.iter("additional_answer"))]
    parameter = next((each for each in response.element.iter("responseparam") if each.get("type") == "tolerance"), None)
    stated = None if parameter is None else parameter.get("default")
    ranges = [_range(answer or "", stated, response) for answer in answers]
    key: Key
    if len(ranges) == 1:
        low, high = ranges[0]
        middle = (low + high) / 2
        key = Value(value=measuring.decimal(middle, 12), tolerance=measuring.decimal((high - low) / 2, 12))
    else:
        decimals = [(measuring.decimal(low, 12), measuring.decimal(high, 12)) for low, high in ranges]
        key = Ranges(ranges=tuple(Range(minimum=low, maximum=high) for low, high in decimals))
    if (response.element.get("partial_credit") or "").strip():
        response.losses.append("Nearly right answers earn nothing here.")
    return (), Measured("numeric", key, Fraction(1), None)


def _range(answer: str, tolerance: str | None, response: Response) -> tuple[Fraction, Fraction]:
    interval = _INTERVAL.match(answer.strip()) if len(answer) <= _LONGEST_INTERVAL else None
    if interval is not None:
        low, high = _value(interval[2]), _value(interval[3])
        if low > high:
            raise NotScored("Its range ends before it begins.")
        if (interval[1], interval[4]) != ("[", "]"):
            response.losses.append("The ends of a range count as inside here.")
        return low, high
    value = _value(answer)
    width = _tolerance(tolerance, value)
    return value - width, value + width


def _tolerance(stated: str | None, value: Fraction) -> Fraction:
    if stated is None or not stated.strip():
        return abs(value) * _UNLESS_SAID
    percentage = stated.strip().endswith("%")
    width = abs(_value(stated.strip().removesuffix("%")))
    return abs(value) * width / 100 if percentage else width


def _value(text: str) -> Fraction:
    """A number, or a fraction of two."""
    parts = text.replace(" ", "").split("/")
    numbers = [number(part) for part in parts]
    if len(parts) <= 2 and None not in numbers and 0 not in numbers[1:]:
        value = numbers[0] or Fraction(0)
        value = value / (numbers[1] or 1) if len(numbers) == 2 else value
        if abs(value) <= 10**15:
            return value
    raise NotScored("Its answer is a formula, not a number.")


def _read_text(response: Response) -> _Read:
    kind = (response.element.get("type") or "").lower().split()
    if "regexp" in kind:
        raise NotScored(_REGULAR_EXPRESSION)
    answers = (response.element.get("answer") or "").split("_or_")
    answers += [_answer(each) or "" for each in response.element.iter("additional_answer")]
    texts = list(measuring.texts(answers))
    if not texts:
        raise NotScored("It names no text that is right.")
    key = AcceptedTexts(accepted=tuple(AcceptedText(text=each) for each in texts), case_sensitive="ci" not in kind)
    return (), Measured("short", key, Fraction(1), None)


def _answer(element: etree._Element) -> str | None:
    return element.get("answer") or "".join(map(str, element.itertext())).strip() or None


READERS: dict[str, Callable[[Response], _Read]] = {
    "multiplechoiceresponse": _read_multiple_choice,
    "truefalseresponse": _read_checkboxes,
    "choiceresponse": _read_checkboxes,
    "optionresponse": _read_options,
    "numericalresponse": _read_number,
    "stringresponse": _read_text,
}


def _is_true(given: str | None) -> bool:
    return (given or "").strip().lower() == "true"


def _plain(text: str) -> etree._Element:
    element = etree.Element("p")
    element.text = text
    return element


def _size(response: etree._Element) -> int:
    return len(list(response.iter(*_INPUTS))) if response.tag == "optionresponse" else 1


def _has_label(response: Response) -> bool:
    return any(_has_text(each) for each in response.element.iter("label", "p"))


def _has_text(element: etree._Element) -> bool:
    return bool("".join(map(str, element.itertext())).replace(BLANK, "").strip()) or element.find(".//img") is not None


def _parts(holder: etree._Element) -> Iterator[etree._Element]:
    """The parts of a problem, of which none holds more than one response; frames around several are opened."""
    lead = etree.Element("p")
    lead.text = holder.text
    yield lead
    for child in holder.iterchildren(etree.Element):
        responses = [each for each in child.iter(etree.Element) if str(each.tag).endswith("response")]
        if len(responses) > 1 and child not in responses:
            yield from _parts(child)
            lead = etree.Element("p")
            lead.text = child.tail
            yield lead
        else:
            yield child


def _asked(child: etree._Element) -> etree._Element:
    """A part of a problem without inputs; those within a sentence leave a blank."""
    shown = deepcopy(child)
    for each in list(shown.iter(*_INPUTS)):
        if each is shown:
            continue
        sentence = next(each.iterancestors("p", "li", "td"), None)
        blank = etree.Element("span")
        blank.text = BLANK if sentence is not None and each.tag in _INLINE and _has_text(sentence) else None
        blank.tail = each.tail
        parent = each.getparent()
        if parent is not None:
            parent.replace(each, blank)
    return shown


def _joined(elements: Iterable[etree._Element]) -> etree._Element:
    holder = etree.Element("div")
    holder.extend(elements)
    return holder


def _without_heading(solution: etree._Element) -> etree._Element:
    """The editor of Open edX begins each solution with the word."""
    shown = deepcopy(solution)
    for element in list(shown.iter("p", "h2", "h3", "h4")):
        if " ".join(map(str, element.itertext())).strip(" :").lower() in ("explanation", "solution"):
            _remove(element)
            break
    return shown


def _html(element: etree._Element) -> str:
    shown = deepcopy(element)
    shown.tail = None
    for part in shown.iter(etree.Element):
        if str(part.tag).endswith("response") or part.tag in ("label", "legend", "question", "problem"):
            part.tag = "div" if next(part.iterancestors("p"), None) is None else "span"
        elif part.tag == "description":
            part.tag = "p"
    shown.tag = "div"
    shown.attrib.clear()
    return etree.tostring(shown, encoding="unicode", method="html")


def _remove(element: etree._Element) -> None:
    """Removes an element, but not the text behind it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)
