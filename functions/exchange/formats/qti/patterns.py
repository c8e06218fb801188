"""The few regular expressions of `patternMatch` that a text with `*` for any characters can say."""

import re

from exchange.measuring import is_like

_MOST_STARS = 10
_SPECIAL = frozenset(".*+?()[]{}|^$\\")


def pattern_of(text: str, *, case_sensitive: bool) -> str:
    r"""The expression for a text in which `*` stands for any characters, and `\*` for an asterisk."""
    literals = [_expression(each.replace("\\*", "*"), case_sensitive) for each in split_at_wildcards(text)]
    return ".*".join(literals)


def split_at_wildcards(text: str) -> list[str]:
    return re.split(r"(?<!\\)\*", text)


def _expression(literal: str, case_sensitive: bool) -> str:
    return "".join(
        f"[{each}{each.swapcase()}]"
        if not case_sensitive and _has_two_cases(each)
        else (f"\\{each}" if each in _SPECIAL else each)
        for each in literal
    )


def _has_two_cases(letter: str) -> bool:
    return len(letter.lower()) == len(letter.upper()) == 1 and letter.lower() != letter.upper()


def wildcards_of(pattern: str) -> str | None:
    """The text for an expression; None if no text says it, or only a part of its letters may have either case."""
    parsed = _parse(pattern)
    return None if parsed is None else parsed[0]


def matches(pattern: str, given: str) -> bool | None:
    """Whether a text is as the expression says; None if no text with wildcards says the same."""
    parsed = _parse(pattern)
    if parsed is None:
        return None
    text, folded = parsed
    pieces = [each.replace("\\*", "*") for each in split_at_wildcards(text)]
    return is_like(pieces, given, case_sensitive=not folded)


def _parse(pattern: str) -> tuple[str, bool] | None:
    text: list[str] = []
    cases: set[bool] = set()
    rest = pattern.removeprefix("^").removesuffix("$")
    place = 0
    while place < len(rest):
        if rest.startswith(".*", place):
            text.append("*")
            place += 2
            continue
        pair = re.compile(r"\[(\w)(\w)\]").match(rest, place)
        if pair is not None and pair[1].lower() == pair[2].lower() and pair[1] != pair[2]:
            letter, length, folded = pair[1], 4, True
        elif rest[place] == "\\" and place + 1 < len(rest) and not rest[place + 1].isalnum():
            letter, length, folded = rest[place + 1], 2, False
        elif rest[place] not in _SPECIAL:
            letter, length, folded = rest[place], 1, False
        else:
            return None
        if folded or _has_two_cases(letter):
            cases.add(folded)
        text.append("\\*" if letter == "*" else letter)
        place += length
    if len(cases) > 1 or text.count("*") > _MOST_STARS:
        return None
    return "".join(text), cases == {True}
