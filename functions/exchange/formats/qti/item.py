"""Reads an item of QTI as a question, or as one for each thing that it asks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import PurePosixPath

from lxml import etree

from exchange import measuring
from exchange.formats.qti.documents import html_of, line, parsed
from exchange.formats.qti.patterns import split_at_wildcards, wildcards_of
from exchange.formats.qti.scoring import UNUSUAL, Declaration, Responses, Scoring, Value, equal, tolerances
from exchange.formats.qti.vocabulary import attribute, child, children, holds, text
from exchange.items import Choice, NotReadable, Prompt, Question, Sentence
from exchange.markdown import from_html, from_text
from exchange.measuring import Measured, NotScored, number
from exchange.packages import Opened

BLANK = "_____"
# In a text that asks several things; neither is markup.
ASKED, OTHER = "(?)", "(…)"
_RUNNING = ("hottextinteraction", "gapmatchinteraction")
_INLINE = ("textentryinteraction", "inlinechoiceinteraction")
_MOST_INTERACTIONS = 100
_MOST_POINTS = 1000
_LONGEST_TITLE = 200
_LONGEST_SHORT = 200
_FEEDBACK = ("modalfeedback", "feedbackblock", "feedbackinline")
_COMPARED = ("match", "equal", "gt", "gte", "lt", "lte", "isnull")


def items(opened: Opened, name: str, root: etree._Element) -> list["Item"]:
    """What an item asks, thing by thing; raises `NotScored` for one that asks nothing that could be a question here."""
    body = _body(root)
    scoring = Scoring.of(root)
    interactions = list(_interactions(body))
    asked = [scoring.responses.get(attribute(each, "responseIdentifier") or "") for each in interactions]
    declared = {each.identifier: each for each in asked if each is not None}
    if not interactions:
        raise NotScored("It asks nothing.")
    if None in asked:
        raise NotScored("It declares no answer.")
    if len(declared) < len(asked):
        raise NotScored(Sentence("It asks {count} things at once, and a question here asks one.", count=len(asked)))
    if len(interactions) > _MOST_INTERACTIONS:
        raise NotScored(Sentence("It has more than {most} gaps.", most=_MOST_INTERACTIONS))
    found = [Item(opened, name, root, body, scoring, place, each) for place, each in enumerate(declared.values())]
    if len(found) > 1:
        _share_points(found, scoring)
    return found


def _share_points(parts: Sequence["Item"], scoring: Scoring) -> None:
    """Finds what each of several things that an item asks earns.

    Where the item's score is the sum of what each earns alone, that is its own. Where all of them have to be right,
    each is seen beside right answers to the others, and has the same part of the points.
    """
    keys = {part.declared.identifier: part.declared.best for part in parts if part.declared.best is not None}
    try:
        together = scoring.score(keys)
        alone = [scoring.score({name: key}) for name, key in keys.items()]
        nothing = scoring.score({})
    except NotScored:
        # Each is then read by its key.
        together, alone, nothing = Fraction(0), [], Fraction(0)
    adds_up = nothing == 0 and sum(alone) == together
    for part in parts:
        part.losses.append(
            Sentence("It asks {count} things at once, each of which is a question here.", count=len(parts))
        )
        part.together = together
        if not together or not adds_up:
            part.shared_by = len(parts)
        if not adds_up:
            part.held = {name: key for name, key in keys.items() if name != part.declared.identifier}
            part.losses.append(measuring.DIFFERS)


def _body(root: etree._Element) -> etree._Element:
    if attribute(root, "adaptive") == "true":
        raise NotScored("It changes with the answers that are given.")
    body = child(root, "itembody")
    if body is None:
        raise NotScored("It has no text.")
    processing = child(root, "templateprocessing")
    made = {attribute(each, "identifier") for each in children(root, "templatedeclaration")}
    printed = {attribute(each, "identifier") for each in body.iter("printedvariable")}
    if (processing is not None and len(processing)) or made & printed or holds(body, "templateinline"):
        raise NotScored("Its numbers or texts are made anew for each student.")
    return body


def _interactions(body: etree._Element) -> Iterator[etree._Element]:
    return (each for each in body.iter(etree.Element) if str(each.tag).endswith("interaction"))


@dataclass
class Item:
    """One of the things that an item asks; of most items the only one.

    `held` are the answers to the others while this one's are scored; `together` are the points of right answers to all.
    """

    opened: Opened
    name: str
    root: etree._Element
    body: etree._Element
    scoring: Scoring
    place: int
    declared: Declaration
    files: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    held: Responses = field(default_factory=dict)
    together: Fraction | None = None
    shared_by: int = 1

    @property
    def interaction(self) -> etree._Element:
        return list(_interactions(self.body))[self.place]

    @property
    def is_a_part(self) -> bool:
        return self.together is not None

    @property
    def title(self) -> str:
        title = line(attribute(self.root, "title"))[:_LONGEST_TITLE]
        return f"{title} ({self.place + 1})".strip() if self.is_a_part else title

    def question(self) -> Question:
        """Raises `NotScored` for what is none of our questions."""
        reading = READERS.get(str(self.interaction.tag))
        if reading is None:
            raise NotScored("There is no question of its kind here.")
        choices, prompts, measured = reading(self)
        weights = measured.weights or {}
        self.losses += measured.losses
        return Question(
            source=self._source,
            title=self.title,
            kind=measured.kind,
            question_text=self._text(),
            choices=tuple(Choice(id=each.id, text=each.text, weight=weights.get(each.id)) for each in choices),
            prompts=tuple(prompts),
            correct_answer=measured.key,
            partial_credit=measured.partial_credit,
            points=self._points(measured),
            explanation=self._explanation(measured),
        )

    @property
    def _source(self) -> str:
        identifier = line(attribute(self.root, "identifier"))
        return f"{identifier}-{self.place + 1}" if self.is_a_part and identifier else identifier

    def measured(self, measure: Callable[[measuring.Score], Measured]) -> Measured:
        """By its scoring; by its key, where that cannot be run."""
        reason = measuring.NOT_SAID
        try:
            if self.scoring.is_given:
                unanswered = self.scoring.score(self.held) if self.held else Fraction(0)
                return measure(lambda value: self._score(value) - unanswered)
        except NotScored as refused:
            reason = refused.reason
            if self.declared.correct is None:
                raise
        if self.declared.correct is None:
            raise NotScored(Sentence("{reason} It has no key either.", reason=reason))
        by_key = measure(lambda value: Fraction(equal(value, self.declared.correct) is True))
        self.losses += [reason, "So its key decides."]
        return by_key

    def _score(self, value: Value) -> Fraction:
        return self.scoring.score({**self.held, self.declared.identifier: value})

    def _points(self, measured: Measured) -> Decimal:
        score = self.scoring.outcomes.get("SCORE")
        largest = self.scoring.outcomes.get("MAXSCORE")
        stated = [largest.default if largest else None, score.maximum if score else None, self.together, measured.best]
        points = next(each for each in stated if isinstance(each, Fraction) and each > 0)
        if self.shared_by > 1:
            points /= self.shared_by
        elif self.together:
            points *= measured.best / self.together
        if points > _MOST_POINTS:
            self.losses.append(Sentence("It has {most} points instead of more.", most=int(_MOST_POINTS)))
        return max(Decimal("0.01"), measuring.decimal(min(points, Fraction(_MOST_POINTS)), 2))

    def _text(self) -> str:
        texts = [self._stimulus(each) for each in children(self.root, "assessmentstimulusref")]
        shown = deepcopy(self.body)
        for place, interaction in enumerate(list(_interactions(shown))):
            if place == self.place:
                _show(interaction, ASKED if self.is_a_part else BLANK)
            else:
                _show_another(interaction)
        for block in list(shown.iter("rubricblock")):
            if "candidate" not in (attribute(block, "view") or "candidate"):
                self.losses.append("Notes for those who mark were left out.")
                _remove(block)
        texts.append(self.markdown(shown))
        joined = "\n\n".join(filter(None, texts)) or line(attribute(self.root, "title"))
        if not joined:
            raise NotScored("It has no text.")
        return joined

    def _stimulus(self, reference: etree._Element) -> str:
        name = self.opened.resolve(attribute(reference, "href") or "", self.name)
        if name is None:
            self.losses.append("The text that it refers to is missing in the file.")
            return ""
        try:
            root = parsed(self.opened, name)
        except NotReadable:
            self.losses.append("The text that it refers to could not be read.")
            return ""
        body = child(root, "stimulusbody")
        return "" if body is None else self.markdown(body, name)

    def markdown(self, element: etree._Element, base: str | None = None) -> str:
        """What an element shows before an answer is given."""
        shown = deepcopy(element)
        for hidden in [each for tag in _FEEDBACK for each in shown.iter(tag)]:
            _remove(hidden)
        return self._converted(shown, base)

    def _converted(self, element: etree._Element, base: str | None = None) -> str:
        converted = from_html(html_of(element), lambda link: self.opened.resolve(link, base or self.name))
        self.files += converted.images
        self.losses += converted.losses
        return converted.text

    def choices(self, elements: Iterable[etree._Element], least: int = 2) -> dict[str, Choice]:
        shown = ((attribute(each, "identifier") or "", self.markdown(each) or _label(each)) for each in elements)
        return measuring.choices(shown, least)

    def _explanation(self, measured: Measured) -> str:
        """The feedback that the right answer brings; without one, all feedback."""
        all_feedback = [each for tag in _FEEDBACK for each in self.root.iter(tag)]
        if not all_feedback:
            return ""
        try:
            outcomes = self.scoring.run({**self.held, self.declared.identifier: self._as_answered(measured.answer)})
        except NotScored:
            outcomes = {}
        shown = [each for each in all_feedback if _is_shown(each, outcomes)] or all_feedback
        if len(shown) < len(all_feedback):
            self.losses.append("Feedback on wrong answers was left out.")
        texts = [self._converted(each) for each in shown]
        return "\n\n".join(dict.fromkeys(filter(None, texts)))

    def _as_answered(self, answer: Value) -> Value:
        return [answer] if self.declared.cardinality == "multiple" and isinstance(answer, str) else answer


def _is_shown(feedback: etree._Element, outcomes: dict[str, Value]) -> bool:
    value = outcomes.get(attribute(feedback, "outcomeIdentifier") or "")
    identifier = attribute(feedback, "identifier")
    holds = identifier in value if isinstance(value, list | tuple) else identifier == value
    return holds == ((attribute(feedback, "showHide") or "show") != "hide")


def _label(element: etree._Element) -> str:
    """Words for what has nothing to show but a picture or a clip that is missing."""
    media = [attribute(each, name) for each in element.iter() for name in ("objectLabel", "alt", "src", "data")]
    names = [PurePosixPath(each).name for each in media if each]
    return from_text(names[0]) if names else ""


_Read = tuple[Iterable[Choice], Iterable[Prompt], Measured]


def _read_choice(item: Item) -> _Read:
    choices = item.choices(item.interaction.iter("simplechoice", "inlinechoice", "hottext"))
    ids = {name: each.id for name, each in choices.items()}
    declared = item.declared
    if declared.cardinality == "ordered":
        raise NotScored("It asks for choices in an order of which there is no question here.")
    several = declared.cardinality == "multiple"
    if several and attribute(item.interaction, "maxChoices") != "1":
        named = declared.correct or _first_named(item)
        measured = item.measured(lambda score: measuring.multiple(list(choices), named, _null(score)))
        return choices.values(), (), measuring.renamed(measured, ids)
    correct = declared.correct[0] if several and declared.correct else declared.correct
    measured = item.measured(
        lambda score: measuring.single(list(choices), correct, lambda each: score([each] if several else each))
    )
    measured = measuring.renamed(measured, ids)
    two_words = measuring.true_or_false(choices.values(), measured)
    return ((), (), two_words) if two_words else (choices.values(), (), measured)


def _first_named(item: Item) -> list[str]:
    """The first set of choices that the scoring compares with, for an item without a key."""
    sets = list(_compared(item, "multiple"))
    return [text(each).strip() for each in sets[0].iter("basevalue")] if sets else []


def _compared(item: Item, *names: str) -> Iterator[etree._Element]:
    """The expressions of these names, of an item that asks several things only those beside its own answer."""
    for rule in item.scoring.rules:
        for each in rule.iter(*names):
            parent = each.getparent()
            beside = () if parent is None else (each, *parent)
            if not item.is_a_part or any(
                attribute(variable, "identifier") == item.declared.identifier
                for expression in beside
                for variable in expression.iter("variable")
            ):
                yield each


def _null(score: measuring.Score) -> measuring.Score:
    """No choice at all is no answer."""
    return lambda given: score(given or None)


def _read_order(item: Item) -> _Read:
    choices = item.choices(item.interaction.iter("simplechoice"))
    measured = item.measured(lambda score: measuring.ordering(list(choices), item.declared.correct, score))
    return choices.values(), (), measuring.renamed(measured, {name: each.id for name, each in choices.items()})


def _read_match(item: Item) -> _Read:
    sets = [list(each.iter("simpleassociablechoice")) for each in children(item.interaction, "simplematchset")]
    if len(sets) != 2:
        raise NotScored("It does not match two lists.")
    return _matching(item, item.choices(sets[0], 1), item.choices(sets[1], 1))


def _read_gap_match(item: Item) -> _Read:
    gaps = [attribute(each, "identifier") or "" for each in item.interaction.iter("gap")]
    prompts = {gap: Choice(id=f"gap-{place}", text=_gap(place)) for place, gap in enumerate(gaps, 1)}
    return _matching(item, prompts, item.choices(item.interaction.iter("gaptext", "gapimg")))


def _gap(place: int) -> str:
    return f"({place})"


def _matching(item: Item, first: dict[str, Choice], second: dict[str, Choice]) -> _Read:
    """The side whose every element has one partner becomes the prompts, if it can be the first."""
    if not first.keys().isdisjoint(second):
        raise NotScored("Two of its choices have the same name.")
    declared = item.declared
    named = [each.split() for each in declared.correct or () if isinstance(each, str)]
    if not named and declared.mapping is not None:
        named = [each.key.split() for each in declared.mapping.entries if each.value > 0]
    pairs = [(pair[0], pair[1]) for pair in named if len(pair) == 2]
    for prompts, choices in ((first, second), (second, first)):
        forward = [(one, other) for one, other in pairs if one in prompts and other in choices]
        backward = [(other, one) for one, other in pairs if other in prompts and one in choices]
        key = dict(forward or backward)
        if len(forward or backward) == len(key) == len(prompts) and len(choices) >= 2:
            measure = partial(_measure_matching, declared, list(choices), key, bool(forward))
            measured = item.measured(measure)
            ids = {name: each.id for name, each in (prompts | choices).items()}
            shown = [Prompt(id=each.id, text=each.text) for each in prompts.values()]
            return choices.values(), shown, measuring.renamed(measured, ids)
    raise NotScored("It matches some things with none or with several, and a question here matches each with one.")


def _measure_matching(
    declared: Declaration, choices: list[str], key: dict[str, str], forward: bool, score: measuring.Score
) -> Measured:
    def pair(prompt: str, choice: str) -> str:
        return f"{prompt} {choice}" if forward else f"{choice} {prompt}"

    wrapped: Callable[[list[str]], Value] = list if declared.cardinality == "multiple" else tuple
    return measuring.matching(choices, key, pair, lambda given: score(wrapped(given) or None))


def _read_text_entry(item: Item) -> _Read:
    if item.declared.cardinality != "single":
        raise NotScored("It asks for several answers in one field.")
    if item.declared.is_numeric:
        return (), (), item.measured(lambda score: measuring.numeric(_breakpoints(item), score))
    return (), (), item.measured(lambda score: measuring.short(_samples(item), score))


def _read_slider(item: Item) -> _Read:
    item.losses.append("The slider became a number to type.")
    return _read_text_entry(item)


def _read_extended_text(item: Item) -> _Read:
    samples = _samples(item) if item.declared.cardinality == "single" and not item.declared.is_numeric else {}
    are_short = all(len(each) <= _LONGEST_SHORT and "\n" not in each for each in samples)
    if samples and item.scoring.is_given and are_short:
        try:
            identifier = item.declared.identifier
            return (), (), measuring.short(samples, lambda each: item.scoring.score({**item.held, identifier: each}))
        except NotScored:
            # Then a teacher marks it.
            pass
    scores = item.scoring.template or any(
        attribute(each, "identifier") == "SCORE" for rule in item.scoring.rules for each in rule.iter("setoutcomevalue")
    )
    losses = ("A teacher marks the answers here.",) if scores else ()
    return (), (), Measured("text", None, Fraction(1), None, losses=losses)


def _samples(item: Item) -> dict[str, str]:
    """The texts that the file compares with or names as right, each with an answer that only it accepts."""
    samples: dict[str, str] = {}
    for each in _compared(item, "basevalue", "patternmatch"):
        if each.tag == "patternmatch":
            accepted = wildcards_of(attribute(each, "pattern") or "")
            if accepted is not None:
                samples[accepted] = "~".join(split_at_wildcards(accepted)).replace("\\*", "*")
        elif attribute(each, "baseType") == "string":
            samples |= measuring.texts([text(each)])
    return samples | measuring.texts(each for each in _keys(item) if isinstance(each, str))


def _keys(item: Item) -> list[Value]:
    mapping = item.declared.mapping
    return [item.declared.correct, *(entry.key for entry in mapping.entries)] if mapping else [item.declared.correct]


def _breakpoints(item: Item) -> list[Fraction]:
    """Where the score of a number can change; raises `NotScored` if the item computes with the answer."""
    named = _keys(item)
    points = list(named)
    for rule in item.scoring.rules:
        variables = [
            each for each in rule.iter("variable") if attribute(each, "identifier") == item.declared.identifier
        ]
        if any((parent := each.getparent()) is None or parent.tag not in _COMPARED for each in variables):
            raise NotScored(UNUSUAL)
    constants = [number(text(each)) for each in _compared(item, "basevalue")]
    points += constants
    for expression in _compared(item, "equal"):
        mode, below, above = tolerances(expression)
        for value in (each for each in (*named, *constants) if isinstance(each, Fraction)):
            points += _ends(mode, value, below, above)
    return [each for each in points if isinstance(each, Fraction)]


def _ends(mode: str, value: Fraction, below: Fraction, above: Fraction) -> list[Fraction]:
    """The ends of the ranges that a tolerance makes of a number, whichever of the two operands it is."""
    if mode != "relative":
        return [value - below, value + below, value - above, value + above]
    shares = [below / 100, above / 100]
    return [
        *(value * (1 + sign * share) for share in shares for sign in (-1, 1)),
        *(value / (1 + sign * share) for share in shares for sign in (-1, 1) if share != 1),
    ]


READERS: dict[str, Callable[[Item], _Read]] = {
    "choiceinteraction": _read_choice,
    "inlinechoiceinteraction": _read_choice,
    "hottextinteraction": _read_choice,
    "orderinteraction": _read_order,
    "matchinteraction": _read_match,
    "gapmatchinteraction": _read_gap_match,
    "textentryinteraction": _read_text_entry,
    "sliderinteraction": _read_slider,
    "extendedtextinteraction": _read_extended_text,
}


def _show(interaction: etree._Element, blank: str) -> None:
    """Leaves of an interaction what belongs to the question's text: its prompt, its running text, a blank."""
    for place, gap in enumerate(interaction.iter("gap"), 1):
        gap.text = _gap(place)
    for element in list(interaction):
        if element.tag != "prompt" and (interaction.tag not in _RUNNING or element.tag in ("gaptext", "gapimg")):
            interaction.remove(element)
    if interaction.tag in _INLINE:
        sentence = next(interaction.iterancestors("p", "li", "td", "div", "blockquote"), None)
        is_within_text = sentence is not None and text(sentence).strip()
        interaction.text = blank if is_within_text or blank == ASKED else None
    elif interaction.tag not in _RUNNING:
        interaction.text = None


def _show_another(interaction: etree._Element) -> None:
    """Leaves of what is asked apart only what stands in the running text."""
    if interaction.tag in _RUNNING:
        _show(interaction, OTHER)
        for gap in interaction.iter("gap"):
            gap.text = OTHER
    elif interaction.tag in _INLINE:
        interaction[:] = []
        interaction.text = OTHER
    else:
        _remove(interaction)


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
