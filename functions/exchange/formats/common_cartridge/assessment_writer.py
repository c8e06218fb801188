"""Writes questions and exams in QTI 1.2.

What the cartridges' profile of QTI has no kind for (matching, orders, numbers) stands as plain QTI 1.2.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from urllib.parse import quote

from lxml import etree

from exchange.formats.common_cartridge.assessments import is_expression
from exchange.formats.common_cartridge.documents import add
from exchange.items import AcceptedTexts, Choice, Draw, Question, Quiz, Ranges, Value
from exchange.markdown import to_html

_QUESTIONS = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
BANK = "bank"
"""The ident of the bank, from which exams draw."""
_PROFILES = {
    "single": "cc.multiple_choice.v0p1",
    "multiple": "cc.multiple_response.v0p1",
    "truefalse": "cc.true_false.v0p1",
    "short": "cc.fib.v0p1",
    "text": "cc.essay.v0p1",
}
_RESPONSE = "response1"


def bank(questions: Iterable[Question]) -> etree._Element:
    root = etree.Element(f"{{{_QUESTIONS}}}questestinterop", nsmap={None: _QUESTIONS})
    held = add(root, "objectbank", ident=BANK)
    used: set[str] = set()
    for place, question in enumerate(questions, 1):
        ident = question.source if question.source and question.source not in used else f"question-{place}"
        used.add(ident)
        _write_item(add(held, "item", ident=ident, title=question.title), question)
    return root


def assessment(quiz: Quiz, questions: Mapping[str, Question]) -> etree._Element:
    """An exam with its questions, by their sources, and with what it draws from the bank."""
    root = etree.Element(f"{{{_QUESTIONS}}}questestinterop", nsmap={None: _QUESTIONS})
    element = add(root, "assessment", ident=quiz.source, title=quiz.title)
    facts = {
        "cc_profile": "cc.exam.v0p1",
        "qmd_assessmenttype": "Examination",
        "qmd_scoretype": "Percentage",
        "qmd_timelimit": quiz.minutes,
        "cc_maxattempts": quiz.attempts,
    }
    _add_facts(element, ((label, str(entry)) for label, entry in facts.items() if entry is not None))
    if quiz.instructions:
        _material(add(element, "rubric"), quiz.instructions)
    root_section = add(element, "section", ident="root")
    if quiz.shuffle:
        add(add(root_section, "selection_ordering"), "order", order_type="Random")
    for source in quiz.questions:
        question = questions[source]
        asked = question.model_copy(update={"points": quiz.points.get(source, question.points)})
        _write_item(add(root_section, "item", ident=source, title=question.title), asked)
    for place, draw in enumerate(quiz.draws, 1):
        _add_draw(add(root_section, "section", ident=f"draw-{place}", title=draw.category), draw)
    return root


def _add_draw(section: etree._Element, draw: Draw) -> None:
    selection = add(add(section, "selection_ordering"), "selection")
    add(selection, "sourcebank_ref").text = BANK
    add(selection, "selection_number").text = str(draw.count)
    add(selection, "selection_metadata", mdname="qmd_keywords", mdoperator="EQ").text = draw.category
    if draw.difficulty:
        add(selection, "selection_metadata", mdname="qmd_levelofdifficulty", mdoperator="EQ").text = draw.difficulty
    # As Canvas writes it.
    add(add(selection, "selection_extension"), "points_per_item").text = _number(draw.points)


def _add_facts(element: etree._Element, facts: Iterable[tuple[str, str]]) -> None:
    held = add(element, "qtimetadata")
    for label, entry in facts:
        field = add(held, "qtimetadatafield")
        add(field, "fieldlabel").text = label
        add(field, "fieldentry").text = entry


def _write_item(item: etree._Element, question: Question) -> None:
    _add_facts(add(item, "itemmetadata"), _facts(question))
    presentation = add(item, "presentation")
    _material(presentation, question.question_text)
    if question.kind == "matching":
        for prompt in question.prompts:
            response = add(presentation, "response_lid", ident=prompt.id, rcardinality="Single")
            _material(response, prompt.text)
            _labels(response, question.choices)
    elif question.kind in ("numeric", "short", "text"):
        response = add(presentation, "response_str", ident=_RESPONSE, rcardinality="Single")
        fib = add(response, "render_fib", fibtype="Decimal" if question.kind == "numeric" else "String")
        add(fib, "response_label", ident="answer1", rshuffle="No")
    else:
        cardinality = {"multiple": "Multiple", "ordering": "Ordered"}.get(question.kind, "Single")
        response = add(presentation, "response_lid", ident=_RESPONSE, rcardinality=cardinality)
        _labels(response, question.shown_choices)
    processing = add(item, "resprocessing")
    add(add(processing, "outcomes"), "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    if question.explanation:
        always = add(processing, "respcondition")
        always.set("continue", "Yes")
        add(add(always, "conditionvar"), "other")
        add(always, "displayfeedback", feedbacktype="Response", linkrefid="general_fb")
    for test, score, action in _conditions(question):
        condition = add(processing, "respcondition")
        condition.set("continue", "Yes" if action == "Add" else "No")
        add(condition, "conditionvar").extend(test)
        add(condition, "setvar", action=action, varname="SCORE").text = _number(score)
    if question.explanation:
        feedback = add(item, "itemfeedback", ident="general_fb")
        _material(add(feedback, "flow_mat"), question.explanation)


def _facts(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind in _PROFILES:
        yield "cc_profile", _PROFILES[question.kind]
    if question.kind == "matching":
        # By this name, which is Canvas's, a match of one prompt differs from a choice.
        yield "question_type", "matching_question"
    yield "cc_weighting", _number(question.points)
    if question.category:
        yield "cc_question_category", question.category
    if question.difficulty:
        yield "qmd_levelofdifficulty", question.difficulty
    for tag in question.tags:
        yield "qmd_keywords", tag


_Condition = tuple[list[etree._Element], Decimal, str]


def _conditions(question: Question) -> Iterator[_Condition]:
    """Tests, and what the score is then set to, or what is added to it, in percent."""
    key = question.correct_answer
    full = Decimal(100)
    match question.kind:
        case "truefalse":
            yield [_equal("true" if key else "false")], full, "Set"
        case "single":
            weights = {each.id: each.weight for each in question.choices if each.weight is not None} or {str(key): full}
            for choice, weight in weights.items():
                yield [_equal(choice)], weight, "Set"
        case "multiple":
            yield from _several(question, list(key) if isinstance(key, tuple) else [])
        case "ordering":
            order = list(key) if isinstance(key, tuple) else []
            yield from _parts([_equal(each, index=str(at)) for at, each in enumerate(order, 1)], question)
        case "matching":
            pairs = key.items() if isinstance(key, dict) else ()
            yield from _parts([_equal(choice, prompt) for prompt, choice in pairs], question)
        case "numeric" if isinstance(key, Value):
            yield _between(key.value - key.tolerance, key.value + key.tolerance), full, "Set"
        case "numeric" if isinstance(key, Ranges):
            for each in sorted(key.ranges, key=lambda each: -each.credit):
                yield _between(each.minimum, each.maximum), each.credit, "Set"
        case "short" if isinstance(key, AcceptedTexts):
            for accepted in key.accepted:
                yield [_accepted(accepted.text, key.case_sensitive)], accepted.credit, "Set"


def _several(question: Question, right: list[str]) -> Iterator[_Condition]:
    if not question.partial_credit:
        tests = [_equal(each.id) if each.id in right else _not(_equal(each.id)) for each in question.choices]
        yield [_all(tests)], Decimal(100), "Set"
        return
    share = Decimal(100) / len(right)
    for each in question.choices:
        usual = share if each.id in right else -share
        yield [_equal(each.id)], usual if each.weight is None else each.weight, "Add"


def _parts(tests: list[etree._Element], question: Question) -> Iterator[_Condition]:
    if not question.partial_credit:
        yield [_all(tests)], Decimal(100), "Set"
        return
    for test in tests:
        yield [test], Decimal(100) / len(tests), "Add"


def _accepted(text: str, case_sensitive: bool) -> etree._Element:
    """A text, or with `*` around it a part of one; QTI 1.2 has no other wildcards, so those stand as an extension."""
    case = "Yes" if case_sensitive else "No"
    inside = text.removeprefix("*").removesuffix("*")
    plain = inside.replace("\\*", "")
    if "*" not in plain and inside == text:
        return _test("varequal", text.replace("\\*", "*"), respident=_RESPONSE, case=case)
    contained = inside.replace("\\*", "*")
    if "*" not in plain and text == f"*{inside}*" and not is_expression(contained):
        return _test("varsubstring", contained, respident=_RESPONSE, case=case)
    return _test("varextension", text, respident=_RESPONSE, case=case)


def _equal(value: str, response: str = _RESPONSE, **attributes: str) -> etree._Element:
    return _test("varequal", value, respident=response, **attributes)


def _between(low: Decimal, high: Decimal) -> list[etree._Element]:
    return [
        _test("vargte", _number(low), respident=_RESPONSE),
        _test("varlte", _number(high), respident=_RESPONSE),
    ]


def _test(name: str, value: str, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{_QUESTIONS}}}{name}", attributes)
    element.text = value
    return element


def _all(tests: Iterable[etree._Element]) -> etree._Element:
    element = etree.Element(f"{{{_QUESTIONS}}}and")
    element.extend(tests)
    return element


def _not(test: etree._Element) -> etree._Element:
    element = etree.Element(f"{{{_QUESTIONS}}}not")
    element.append(test)
    return element


def _labels(response: etree._Element, choices: Iterable[Choice]) -> None:
    holder = add(response, "render_choice")
    for choice in choices:
        _material(add(holder, "response_label", ident=choice.id), choice.text)


def _material(parent: etree._Element, markdown: str) -> None:
    shown = add(add(parent, "material"), "mattext", texttype="text/html")
    shown.text = to_html(markdown, lambda name: f"$IMS-CC-FILEBASE$/{quote(name)}")


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")
