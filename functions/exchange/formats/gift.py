"""GIFT, Moodle's text format for questions: https://docs.moodle.org/en/GIFT_format."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import BinaryIO

from exchange import moodle
from exchange.items import AcceptedTexts, NotReadable, Package, Question, Range, Ranges, Report, Sentence, Value
from exchange.markdown import from_html, from_markdown, from_text
from exchange.moodle import Answer, Source, Unfit
from exchange.packages import Opened

_AT_MOST = 32_000_000
_FORMATS = ("html", "markdown", "plain", "moodle")
_FORMAT = re.compile(rf"\s*\[({'|'.join(_FORMATS)})\]", re.IGNORECASE)
_COMMENT_FACT = re.compile(r"\[(id|tag|points|difficulty|partialCredit|caseSensitive):((?:[^\]\\]|\\.)*)\]")
_WEIGHT = re.compile(r"\s*%(-?\d+(?:[.,]\d+)?)%")
_TITLE = re.compile(r"\s*::((?:\\.|(?!::)[^\\])*)::", re.DOTALL)
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_WORDS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_GAP = "_____"
# In Markdown the same as an arrow.
_ESCAPED_ARROW = r"-\>"


def detect(opened: Opened) -> bool:
    if not opened.is_bare:
        return False
    suffix = PurePosixPath(opened.name).suffix.lower()
    if suffix == ".gift":
        return True
    if suffix not in ("", ".txt", ".text"):
        return False
    with opened.open(opened.name) as stream:
        head = _decoded(stream.read(100_000))
    if "\0" in head or head.lstrip().startswith("<"):
        return False
    if re.search(r"^[ \t]*(?:\$CATEGORY:|::.+::)", head, re.MULTILINE):
        return True
    return any(not set(each[1]).isdisjoint("=~#TF") for each in re.finditer(r"(?<!\\)\{([^{}]*)(?<!\\)\}", head))


def read(opened: Opened) -> Package:
    """The questions of a file; raises `NotReadable` if it is no text."""
    text = _decoded(opened.read(opened.name, _AT_MOST))
    if "\0" in text:
        raise NotReadable("The file is not a text file.")
    report, questions = Report(), list[Question]()
    names: set[str] = set()
    category = ""
    for number, block in enumerate(_blocks(text), 1):
        where = f"Line {block.line}"
        if block.category is not None:
            category = moodle.category(_plain(block.category))
            report.took(where, f"Category {category}" if category else "Category")
            continue
        facts = dict(block.facts)
        tags = tuple(value for name, value in block.facts if name == "tag")
        source = Source(
            facts.get("id") or f"question-{number}", category=category, tags=tags, find=opened.pictures.find
        )
        source.points = moodle.decimal(facts.get("points", "1")) or Decimal(1)
        what = moodle.short(block.text, 80)
        try:
            question = _with_facts(_question(block.text, source), facts)
        except Unfit as unfit:
            report.left_out(where, source.title or what, unfit.reason)
        else:
            if question.source in names:
                question = question.model_copy(update={"source": f"{question.source}-{len(questions) + 1}"})
            names.add(question.source)
            questions.append(question)
            report.took(where, question.title or what, source.losses, question=question.source)
    files = tuple(opened.pictures.files.values())
    return Package(questions=tuple(questions), files=files, notes=tuple(report.notes))


def _with_facts(question: Question, facts: dict[str, str]) -> Question:
    """What `write` adds to a question, and other programs take for a comment."""
    key = question.correct_answer
    if isinstance(key, AcceptedTexts):
        key = key.model_copy(update={"case_sensitive": facts.get("caseSensitive") == "true"})
    difficulty = facts.get("difficulty")
    return question.model_copy(
        update={
            "correct_answer": key,
            "difficulty": difficulty if difficulty in ("easy", "medium", "hard") else None,
            "partial_credit": question.partial_credit and facts.get("partialCredit") != "false",
        }
    )


def _decoded(data: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        # The head of a file may end within a character.
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@dataclass(frozen=True)
class _Block:
    """A question as it stands in the file, or the `category` of those that follow."""

    line: int
    text: str
    facts: tuple[tuple[str, str], ...] = ()
    category: str | None = None


def _blocks(text: str) -> Iterator[_Block]:
    """Empty lines end a question, but those between its braces."""
    lines = [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]
    taken: list[str] = []
    facts: list[tuple[str, str]] = []
    begun = depth = 0
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            found = _COMMENT_FACT.findall(stripped)
            facts += [(name, re.sub(r"\\(.)", r"\1", value).strip()) for name, value in found]
            continue
        # A brace that is never closed must not take the next question.
        next_begins = depth > 0 and taken and not taken[-1].strip() and _begins_question(stripped)
        if (not stripped and depth <= 0) or next_begins:
            if any(part.strip() for part in taken):
                yield _Block(begun, "\n".join(taken).strip("\n"), tuple(facts))
                facts = []
            taken, depth = [], 0
        if not taken and stripped.upper().startswith("$CATEGORY:"):
            yield _Block(number, "", category=stripped[len("$CATEGORY:") :].strip())
            continue
        if stripped or taken:
            begun = begun if taken else number
            taken.append(line)
            depth = max(0, depth + _braces(line))
    if any(part.strip() for part in taken):
        yield _Block(begun, "\n".join(taken).strip("\n"), tuple(facts))


def _begins_question(line: str) -> bool:
    return line.startswith(("::", "$CATEGORY:")) or (re.search(r"(?<!\\)\{", line) is not None)


def _braces(line: str) -> int:
    bare = re.sub(r"\\.", "", line)
    return bare.count("{") - bare.count("}")


def _question(text: str, source: Source) -> Question:
    title = _TITLE.match(text)
    if title:
        source.title = _plain(title[1])
        text = text[title.end() :]
    text, text_format = _format(text, "moodle")
    start = _find(text, "{")
    if start is None:
        source.text = _markdown(text, text_format, source)
        raise Unfit("This is a text without a question.")
    end = _find(text, "}", start + 1)
    if end is None:
        raise Unfit("The answers have no closing brace.")
    answers = text[start + 1 : end].strip()
    before, after = text[:start].rstrip(), text[end + 1 :].strip()
    if after:
        # A bare full stop behind the answers is no gap.
        text = before + (f" {_GAP} {after}" if before else f"{_GAP} {after}")
    source.text = _markdown(text if after else before, text_format, source)
    answers, explanation = _cut(answers, "####")
    if explanation is not None:
        source.explanation = _markdown(*_format(explanation, text_format), source)
    return _answered(answers.strip(), text_format, source)


def _answered(answers: str, text_format: str, source: Source) -> Question:
    """The kind follows from the answers, as in Moodle."""
    if not answers:
        return moodle.essay(source)
    if answers.startswith("#"):
        return _numeric(answers[1:], text_format, source)
    if _find(answers, "~") is not None:
        single = _find(answers, "=") is not None
        return moodle.choice(source, [_choice(*each, text_format, source) for each in _split(answers)], single=single)
    if answers.startswith("=") and "->" in answers:
        return _matching(answers, text_format, source)
    word, wrong = _cut(answers, "#")
    if word.strip().upper() in _WORDS:
        return _true_false(_WORDS[word.strip().upper()], wrong or "", text_format, source)
    split = _split(answers) if answers.startswith("=") else [("=", answers)]
    return moodle.short_answer(source, [_choice(*each, text_format, source) for each in split])


def _true_false(key: bool, feedback: str, text_format: str, source: Source) -> Question:
    wrong, right = _cut(feedback, "#")
    said = [_markdown(*_format(part or "", text_format), source) for part in (wrong, right)]
    if_true, if_false = reversed(said) if key else said
    return moodle.true_false(source, key=key, if_true=if_true, if_false=if_false)


def _choice(mark: str, text: str, text_format: str, source: Source) -> Answer:
    fraction, text = _weight(mark, text)
    answer, feedback = _cut(text, "#")
    answer, own_format = _format(answer, text_format)
    return Answer(
        text=_markdown(answer, own_format, source),
        plain=_joined(answer.replace(_ESCAPED_ARROW, "->")),
        fraction=fraction,
        feedback=_markdown(*_format(feedback or "", text_format), source),
    )


def _weight(mark: str, text: str) -> tuple[Decimal, str]:
    weight = _WEIGHT.match(text)
    if weight:
        return moodle.decimal(weight[1]) or Decimal(0), text[weight.end() :]
    return (moodle.FULL if mark == "=" else Decimal(0)), text


def _numeric(answers: str, text_format: str, source: Source) -> Question:
    stripped = answers.strip()
    split = _split(answers) if stripped.startswith(("=", "~")) else _after_first(answers)
    found, only_range = [], None
    for mark, text in split:
        fraction, rest = _weight(mark, text)
        number, feedback = _cut(rest, "#")
        said = _markdown(*_format(feedback or "", text_format), source)
        number = _joined(number)
        low, dots, high = number.partition("..")
        if dots:
            minimum, maximum = moodle.decimal(low), moodle.decimal(high)
            if minimum is None or maximum is None:
                raise Unfit(Sentence("This is no range of numbers: {range}", range=moodle.short(number, 50)))
            minimum, maximum = sorted((minimum, maximum))
            half = (maximum - minimum) / 2
            found.append(Answer(said, str(minimum + half), fraction, said, half))
            only_range = Range(minimum=minimum, maximum=maximum)
        else:
            value, _, tolerance = number.partition(":")
            found.append(Answer(said, value.strip() or "*", fraction, said, moodle.decimal(tolerance) or Decimal(0)))
    question = moodle.numeric(source, found)
    if isinstance(question.correct_answer, Value) and only_range is not None:
        return question.model_copy(update={"correct_answer": Ranges(ranges=(only_range,))})
    return question


def _after_first(answers: str) -> list[tuple[str, str]]:
    """`{#3:2 ~#wrong}`: the first number without its mark."""
    first, *others = re.split(r"(?<!\\)(?=[=~])", answers)
    return [("=", first), *(each for other in others for each in _split(other))]


def _matching(answers: str, text_format: str, source: Source) -> Question:
    pairs = []
    for _, text in _split(answers):
        pair, feedback = _cut(text, "#")
        left, arrow, right = pair.partition("->")
        if not arrow:
            raise Unfit("One of its pairs has no arrow (->).")
        if feedback:
            source.losses.append("Feedback on single pairs was left out.")
        sides = (_markdown(*_format(left, text_format), source), _markdown(*_format(right, "plain"), source))
        pairs.append((sides[0].replace(_ESCAPED_ARROW, "->"), sides[1].replace(_ESCAPED_ARROW, "->")))
    return moodle.matching(source, pairs)


def _find(text: str, mark: str, start: int = 0) -> int | None:
    """Where a mark stands that no backslash precedes."""
    for match in re.compile(rf"\\.|{re.escape(mark)}", re.DOTALL).finditer(text, start):
        if not match[0].startswith("\\"):
            return match.start()
    return None


def _cut(text: str, mark: str) -> tuple[str, str | None]:
    place = _find(text, mark)
    return (text, None) if place is None else (text[:place], text[place + len(mark) :])


def _split(answers: str) -> list[tuple[str, str]]:
    """The marks `=` and `~`, each with what follows it."""
    parts = re.split(r"((?<!\\)(?:\\\\)*[=~])", answers)
    found: list[tuple[str, str]] = []
    for mark, text in zip(parts[1::2], parts[2::2], strict=True):
        if found and mark[:-1]:
            # Backslashes before the mark belong to the answer before it.
            found[-1] = (found[-1][0], found[-1][1] + mark[:-1])
        found.append((mark[-1], text))
    return found


def _format(text: str, inherited: str) -> tuple[str, str]:
    match = _FORMAT.match(text)
    return (text[match.end() :], match[1].lower()) if match else (text, inherited)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], text).strip()


def _joined(text: str) -> str:
    """Plain text, the lines of the file joined."""
    return " ".join(_plain(text).split())


def _markdown(text: str, text_format: str, source: Source) -> str:
    if text_format == "markdown":
        converted = from_markdown(_plain(text), source.find)
    elif text_format == "html":
        converted = from_html(_plain(text), source.find)
    else:
        # The lines of the file mean nothing; those of the text are written \n.
        text = _plain(" ".join(filter(None, map(str.strip, text.strip().split("\n")))))
        if text_format == "plain" or re.search(r"</?[a-zA-Z]|&[#\w]+;", text) is None:
            return from_text(text)
        converted = from_html(text.replace("\n", "<br>"), source.find)
    source.losses += converted.losses
    return converted.text


def write(package: Package, target: BinaryIO) -> None:
    """Writes the questions of a package, but those that are put in order, for which GIFT has no form.

    GIFT has no place for files either: of a picture, its description remains.
    """
    category = ""
    for question in package.questions:
        if question.kind == "ordering":
            continue
        if question.category != category:
            category = question.category
            target.write(f"$CATEGORY: {_escaped_category(category)}\n\n".encode())
        target.write(f"{_written(question)}\n\n".encode())


def _escaped_category(path: str) -> str:
    return "$course$/top/" + path if path else "$course$/top"


def _written(question: Question) -> str:
    facts = [f"[{name}:{_in_comment(value)}]" for name, value in _facts(question)]
    title = f"::{_escaped(question.title)}::" if question.title else ""
    explanation = f"\n####{_escaped(question.explanation)}" if question.explanation else ""
    answers = f"{{{_answers(question)}{explanation}\n}}"
    return f"// {' '.join(facts)}\n{title}[markdown]{_escaped(question.question_text)}{answers}"


def _facts(question: Question) -> Iterator[tuple[str, str]]:
    """What stands in the comment before a question: Moodle reads the first two, and we the others too."""
    yield "id", question.source
    yield from (("tag", tag) for tag in question.tags)
    if question.points != 1:
        yield "points", f"{question.points:f}"
    if question.difficulty:
        yield "difficulty", question.difficulty
    if not question.partial_credit:
        yield "partialCredit", "false"
    if isinstance(question.correct_answer, AcceptedTexts) and question.correct_answer.case_sensitive:
        yield "caseSensitive", "true"


def _answers(question: Question) -> str:
    key = question.correct_answer
    match question.kind:
        case "truefalse":
            return "TRUE" if key else "FALSE"
        case "text":
            return ""
        case "single" | "multiple":
            return "".join(_written_choices(question))
        case "matching" if isinstance(key, dict):
            texts = {choice.id: choice.text for choice in question.choices}
            pairs = [
                f"\n={_matched_text(prompt.text)} -> {_right_text(texts[key[prompt.id]])}"
                for prompt in question.prompts
            ]
            free = [choice.text for choice in question.choices if choice.id not in key.values()]
            return "".join([*pairs, *(f"\n= -> {_right_text(text)}" for text in free)])
        case "short" if isinstance(key, AcceptedTexts):
            return "".join(f"\n=%{text.credit.normalize():f}%{_accepted_text(text.text)}" for text in key.accepted)
        case "numeric" if isinstance(key, Value):
            return f"#{key.value:f}:{key.tolerance:f}"
        case "numeric" if isinstance(key, Ranges):
            return "#" + "".join(f"\n={_percent(each.credit)}{each.minimum:f}..{each.maximum:f}" for each in key.ranges)
    raise ValueError(f"GIFT has no questions of the kind {question.kind}.")


def _written_choices(question: Question) -> Iterator[str]:
    for choice, weight in moodle.weights(question):
        percent = f"%{weight.normalize():f}%" if weight else ""
        mark = "=" if choice.id == question.correct_answer else "~" + percent
        yield f"\n{mark}{_choice_text(choice.text)}"


def _choice_text(text: str) -> str:
    # A format or a percentage of the text's own must not be taken for GIFT's.
    mark = "[markdown]" if text.startswith(("[", "%")) else ""
    return mark + _escaped(text)


def _matched_text(text: str) -> str:
    return _choice_text(text.replace("->", _ESCAPED_ARROW))


def _right_text(text: str) -> str:
    # What is matched is plain text to Moodle.
    return _matched_text(text) if "->" not in text and from_text(text) == text else f"[markdown]{_matched_text(text)}"


def _accepted_text(text: str) -> str:
    # An arrow would make it a question in which things are matched.
    return _escaped(text).replace("->", _ESCAPED_ARROW)


def _percent(credit: Decimal) -> str:
    return "" if credit == moodle.FULL else f"%{credit.normalize():f}%"


def _in_comment(text: str) -> str:
    return re.sub(r"([\]\\])", r"\\\1", " ".join(text.split()))


def _escaped(text: str) -> str:
    return re.sub(r"[~=#{}:\\]", r"\\\g<0>", text).replace("\n", r"\n")
