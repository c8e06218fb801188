"""The short form in which Studio's editor keeps problems, as the elements that Open edX makes of it.

What the marks mean: Open edX's guide "Editing Problems Using the Simple Editor".
"""

import re

from lxml import etree

# None looks through the rest of a text again and again: what a mark opens ends before the next that opens the same.
_LABEL = re.compile(r">>((?:(?!<<|>>|\|\|).)*)(?:\|\|(?:(?!<<|>>).)*)?<<", re.DOTALL)
_HINT = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*\}\}", re.DOTALL)
_CHOICE = re.compile(r"^\s*\((x?)\s*\)\s?(.*)$", re.IGNORECASE)
_CHECKBOX = re.compile(r"^\s*\[(x?)\s*\]\s?(.*)$", re.IGNORECASE)
_ANSWER = re.compile(r"^\s*(s?)=\s*(\S.*)$")
_OTHER_ANSWER = re.compile(r"^\s*or=\s*(\S.*)$")
_DROPDOWN = re.compile(r"\[\[((?:(?!\[\[|\]\]).)+)\]\]", re.DOTALL)
_EXPLANATION = re.compile(r"\[explanation\](.*?)\[explanation\]", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"^[+-]?[\d.]|^[\[(]\s*[+-]?[\d.]")


def problem_of_markdown(text: str) -> etree._Element:
    """The problem that Studio makes of this text; parts that three dashes separate ask one thing each."""
    problem = etree.Element("problem")
    for part in re.split(r"^---\s*$", text.replace("\r\n", "\n"), flags=re.MULTILINE):
        _add_part(problem, part)
    return problem


def _add_part(problem: etree._Element, text: str) -> None:
    explanation = _EXPLANATION.search(text)
    text = _EXPLANATION.sub("", text)
    lines = text.split("\n")
    response = _response_of(lines)
    asked = etree.Element("div") if response is None else response
    rest = "\n".join(line for line in lines if response is None or not _is_answer(line))
    for place, paragraph in enumerate(filter(str.strip, re.split(r"\n\s*\n", rest))):
        _add_paragraph(asked, paragraph, place)
    problem.append(asked)
    if explanation is not None:
        solution = etree.SubElement(asked, "solution")
        for paragraph in re.split(r"\n\s*\n", explanation[1].strip()):
            etree.SubElement(solution, "p").text = paragraph


def _is_answer(line: str) -> bool:
    marks = (_CHOICE, _CHECKBOX, _ANSWER, _OTHER_ANSWER)
    shown = line.strip()
    if len(shown) >= 4 and shown.startswith("||") and shown.endswith("||"):
        # A hint on demand.
        return True
    return any(mark.match(line) for mark in marks) or (shown.startswith("[[") and bool(_DROPDOWN.search(line)))


def _add_paragraph(asked: etree._Element, paragraph: str, place: int) -> None:
    label = _LABEL.search(paragraph)
    element = etree.Element("label" if label else "p")
    element.text = _LABEL.sub(lambda match: match[1], paragraph).strip()
    asked.insert(place, element)


def _response_of(lines: list[str]) -> etree._Element | None:
    if any(_DROPDOWN.search(line) for line in lines):
        return _dropdown(lines)
    if any(_CHECKBOX.match(line) for line in lines):
        return _choices(lines, _CHECKBOX, "choiceresponse", "checkboxgroup")
    if any(_CHOICE.match(line) for line in lines):
        return _choices(lines, _CHOICE, "multiplechoiceresponse", "choicegroup")
    if any(_ANSWER.match(line) for line in lines):
        return _typed(lines)
    return None


def _choices(lines: list[str], mark: re.Pattern[str], response: str, group: str) -> etree._Element:
    element = etree.Element(response)
    holder = etree.SubElement(element, group)
    for line in lines:
        if match := mark.match(line):
            choice = etree.SubElement(holder, "choice", correct="true" if match[1] else "false")
            choice.text = _HINT.sub("", match[2]).strip()
    return element


def _dropdown(lines: list[str]) -> etree._Element:
    element = etree.Element("optionresponse")
    holder = etree.SubElement(element, "optioninput")
    found = _DROPDOWN.search("\n".join(lines))
    text = found[1] if found else ""
    for option in text.split("\n") if "\n" in text.strip() else text.split(","):
        shown = _HINT.sub("", option).strip()
        if not shown:
            continue
        right = shown.startswith("(") and shown.endswith(")")
        etree.SubElement(holder, "option", correct=str(right).lower()).text = shown[1:-1].strip() if right else shown
    return element


def _typed(lines: list[str]) -> etree._Element:
    answers = [(match[1], _HINT.sub("", match[2]).strip()) for line in lines if (match := _ANSWER.match(line))]
    others = [_HINT.sub("", match[1]).strip() for line in lines if (match := _OTHER_ANSWER.match(line))]
    forced_text, answer = answers[0]
    numeric = not forced_text and bool(_NUMBER.match(answer))
    element = etree.Element("numericalresponse" if numeric else "stringresponse")
    number, mark, tolerance = answer.partition("+-")
    if numeric and mark:
        answer = number.strip()
        etree.SubElement(element, "responseparam", type="tolerance", default=tolerance.strip())
    element.set("answer", answer)
    if not numeric:
        element.set("type", "ci")
    for other in [*others, *(each for _, each in answers[1:])]:
        etree.SubElement(element, "additional_answer", answer=other)
    return element
