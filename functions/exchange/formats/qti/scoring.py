"""Runs the response processing of a QTI item, to learn what it gives for an answer.

How an item scores stands in a small language, and programs write the same rule in many ways. So the reader does not
compare texts: it asks for the score of answers. What is random, adaptive or a program of its own is not run.
The rules of the language: QTI 3.0 ASI, sections on expressions and response processing; 2.x has the same.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from lxml import etree

from exchange.formats.qti.patterns import matches
from exchange.formats.qti.vocabulary import attribute, child, children, text
from exchange.measuring import NotScored, number

MOST_STEPS = 2_000
"""Of one run; the examples of the standard take less than 200."""
_DEEPEST = 50
_NUMERIC = ("float", "integer")
_MATCH_CORRECT = ("match_correct", "cc2_match", "cc2_match_basic")
_MAP_RESPONSE = ("map_response", "cc2_map_response")

Value = Any
"""None, a bool, a str, a Fraction; a list where order does not matter, a tuple where it does."""
Responses = Mapping[str, Value]


class _Exit(Exception):
    """Response processing ends early."""


@dataclass(frozen=True)
class MapEntry:
    key: Value
    value: Fraction
    case_sensitive: bool


@dataclass(frozen=True)
class PointMap:
    entries: tuple[MapEntry, ...]
    default: Fraction
    lower: Fraction | None
    upper: Fraction | None

    def of(self, value: Value) -> Fraction:
        unique: list[Value] = []
        for each in value if isinstance(value, list | tuple) else [] if value is None else [value]:
            if each not in unique:
                unique.append(each)
        total = sum((self._of_one(each) for each in unique), Fraction(0))
        if self.lower is not None:
            total = max(total, self.lower)
        return total if self.upper is None else min(total, self.upper)

    def _of_one(self, value: Value) -> Fraction:
        for entry in self.entries:
            if entry.key == value or (not entry.case_sensitive and _folded(entry.key) == _folded(value)):
                return entry.value
        return self.default


@dataclass(frozen=True)
class Declaration:
    """A response or outcome variable."""

    identifier: str
    cardinality: str
    base_type: str
    correct: Value = None
    default: Value = None
    mapping: PointMap | None = None
    maximum: Fraction | None = None

    @property
    def best(self) -> Value:
        """The right answer, or else what its list of points gives most for."""
        if self.correct is not None or self.mapping is None:
            return self.correct
        earning = [each for each in self.mapping.entries if each.value > 0]
        if self.cardinality == "single":
            return max(earning, key=lambda each: each.value).key if earning else None
        keys = [each.key for each in earning]
        return (tuple(keys) if self.cardinality == "ordered" else keys) if keys else None

    @property
    def is_numeric(self) -> bool:
        return self.base_type in _NUMERIC


def scalar(given: str, base_type: str) -> Value:
    given = given.strip() if base_type != "string" else given
    match base_type:
        case "float" | "integer":
            return number(given)
        case "boolean":
            return given.lower() in ("true", "1")
        case "pair":
            return " ".join(sorted(given.split()))
        case "directedPair":
            return " ".join(given.split())
        case _:
            return given


def read_declaration(element: etree._Element) -> Declaration:
    base_type = attribute(element, "baseType") or "identifier"
    cardinality = attribute(element, "cardinality") or "single"

    def values(name: str) -> Value:
        holder = child(element, name)
        if holder is None:
            return None
        read = [scalar(text(each), base_type) for each in children(holder, "value")]
        if cardinality == "single":
            return read[0] if read else None
        return tuple(read) if cardinality == "ordered" else read

    return Declaration(
        identifier=attribute(element, "identifier") or "",
        cardinality=cardinality,
        base_type=base_type,
        correct=values("correctresponse"),
        default=values("defaultvalue"),
        mapping=_read_mapping(child(element, "mapping"), base_type),
        maximum=number(attribute(element, "normalMaximum")),
    )


def _read_mapping(element: etree._Element | None, base_type: str) -> PointMap | None:
    if element is None:
        return None
    entries = [
        MapEntry(
            key=scalar(attribute(each, "mapKey") or "", base_type),
            value=number(attribute(each, "mappedValue")) or Fraction(0),
            case_sensitive=base_type != "string" or (attribute(each, "caseSensitive") or "true").lower() != "false",
        )
        for each in children(element, "mapentry")
    ]
    return PointMap(
        entries=tuple(entries),
        default=number(attribute(element, "defaultValue")) or Fraction(0),
        lower=number(attribute(element, "lowerBound")),
        upper=number(attribute(element, "upperBound")),
    )


@dataclass
class Scoring:
    """How an item scores: its declarations and its response processing."""

    responses: Mapping[str, Declaration]
    outcomes: Mapping[str, Declaration]
    template: str = ""
    """The last part of the address of a standard template, in lower case."""
    rules: Sequence[etree._Element] = ()

    @classmethod
    def of(cls, item: etree._Element) -> "Scoring":
        declared = [read_declaration(each) for each in children(item, "responsedeclaration")]
        outcomes = [read_declaration(each) for each in children(item, "outcomedeclaration")]
        processing = child(item, "responseprocessing")
        address = attribute(processing, "template") if processing is not None else None
        rules = list(processing) if processing is not None else []
        template = (address or "").rstrip("/").rsplit("/", 1)[-1].removesuffix(".xml").lower()
        return cls(
            responses={each.identifier: each for each in declared},
            outcomes={each.identifier: each for each in outcomes},
            template="" if rules else template,
            rules=rules,
        )

    @property
    def is_given(self) -> bool:
        return bool(self.rules or self.template)

    def run(self, responses: Responses) -> dict[str, Value]:
        """The outcomes of an answer; raises `NotScored` for what cannot be run."""
        run = _Run(self, responses)
        try:
            if self.template:
                run.template(self.template)
            else:
                run.rules(self.rules)
        except _Exit:
            pass
        except RecursionError:
            raise NotScored("Its scoring is too deeply nested.") from None
        return run.outcomes

    def score(self, responses: Responses) -> Fraction:
        score = self.run(responses).get("SCORE")
        return score if isinstance(score, Fraction) else Fraction(0)


@dataclass
class _Run:
    scoring: Scoring
    responses: Responses
    steps: int = 0
    outcomes: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, declared in self.scoring.outcomes.items():
            zero = Fraction(0) if declared.is_numeric and declared.cardinality == "single" else None
            self.outcomes[name] = zero if declared.default is None else declared.default

    def template(self, name: str) -> None:
        declared = self.scoring.responses.get("RESPONSE") or next(iter(self.scoring.responses.values()), None)
        if declared is None:
            raise NotScored("It declares no answer.")
        given = self.responses.get(declared.identifier)
        if name in _MATCH_CORRECT:
            right = equal(given, declared.correct) is True
            full = self.outcomes.get("MAXSCORE") if name.startswith("cc2") else None
            self.outcomes["SCORE"] = (full or Fraction(1)) if right else Fraction(0)
        elif name in _MAP_RESPONSE:
            self.outcomes["SCORE"] = Fraction(0) if given is None else _mapped(declared, given)
        else:
            raise NotScored("It scores by a template that is not one of the usual ones.")
        if name.startswith("cc2"):
            full = self.outcomes.get("MAXSCORE")
            right = self.outcomes["SCORE"] == full if full else self.outcomes["SCORE"] > 0
            self.outcomes["FEEDBACKBASIC"] = "correct" if right else "incorrect"

    def rules(self, rules: Sequence[etree._Element], depth: int = 0) -> None:
        for rule in rules:
            self._step(depth)
            match rule.tag:
                case "responsecondition":
                    self._condition(rule, depth)
                case "setoutcomevalue":
                    self.outcomes[attribute(rule, "identifier") or ""] = self._operands(rule, depth, 1)[0]
                case "responseprocessingfragment":
                    self.rules(list(rule), depth + 1)
                case "exitresponse":
                    raise _Exit
                case _:
                    raise NotScored(UNUSUAL)

    def _condition(self, condition: etree._Element, depth: int) -> None:
        for branch in condition:
            if branch.tag == "responseelse":
                self.rules(list(branch), depth + 1)
                return
            if branch.tag not in ("responseif", "responseelseif") or not len(branch):
                raise NotScored(UNUSUAL)
            if self.value(branch[0], depth + 1) is True:
                self.rules(list(branch)[1:], depth + 1)
                return

    def value(self, expression: etree._Element, depth: int) -> Value:
        self._step(depth)
        identifier = attribute(expression, "identifier") or ""
        match expression.tag:
            case "basevalue":
                return scalar(text(expression), attribute(expression, "baseType") or "string")
            case "variable":
                return self._variable(identifier)
            case "correct":
                return self._declared(identifier).correct
            case "default":
                return self._declared(identifier).default
            case "mapresponse":
                return _mapped(self._declared(identifier), self.responses.get(identifier))
            case "null":
                return None
        operator = _OPERATORS.get(str(expression.tag))
        if operator is None:
            raise NotScored(UNUSUAL)
        try:
            return operator(expression, self._operands(expression, depth))
        except (TypeError, IndexError, AttributeError, ValueError):
            # An expression whose operands are not of its types.
            raise NotScored("Its scoring contradicts itself.") from None

    def _operands(self, expression: etree._Element, depth: int, wanted: int | None = None) -> list[Value]:
        if wanted is not None and len(expression) != wanted:
            raise NotScored(UNUSUAL)
        return [self.value(each, depth + 1) for each in expression]

    def _variable(self, identifier: str) -> Value:
        if identifier in self.responses:
            return self.responses[identifier]
        if identifier in self.scoring.responses:
            return None
        if identifier in self.outcomes:
            return self.outcomes[identifier]
        if identifier in ("numAttempts", "duration", "completionStatus"):
            return {"numAttempts": Fraction(1), "duration": Fraction(0), "completionStatus": "completed"}[identifier]
        raise NotScored(UNUSUAL)

    def _declared(self, identifier: str) -> Declaration:
        declared = self.scoring.responses.get(identifier) or self.scoring.outcomes.get(identifier)
        if declared is None:
            raise NotScored(UNUSUAL)
        return declared

    def _step(self, depth: int) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS or depth > _DEEPEST:
            raise NotScored("Its scoring is too long.")


UNUSUAL = "Its scoring is a program of its own, which cannot be taken over."


def _mapped(declared: Declaration, given: Value) -> Fraction:
    if declared.mapping is None:
        raise NotScored("It scores by a list of points that it does not have.")
    return declared.mapping.of(given)


def _folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def equal(one: Value, other: Value) -> bool | None:
    if one is None or other is None:
        return None
    if isinstance(one, list) and isinstance(other, list):
        return Counter(one) == Counter(other)
    return bool(one == other) and isinstance(one, list | tuple) == isinstance(other, list | tuple)


def _contained(one: Value) -> list[Value]:
    return list(one) if isinstance(one, list | tuple) else [one]


def tolerances(expression: etree._Element) -> tuple[str, Fraction, Fraction]:
    """The mode of an `equal`, and how much less and more than its first operand the second may be."""
    mode = attribute(expression, "toleranceMode") or "exact"
    given = [number(each) for each in (attribute(expression, "tolerance") or "").split()]
    if mode == "exact":
        return mode, Fraction(0), Fraction(0)
    if not given or None in given or mode not in ("absolute", "relative"):
        raise NotScored(UNUSUAL)
    below, above = given[0] or Fraction(0), given[-1] or Fraction(0)
    return mode, below, above


def _equal_numbers(expression: etree._Element, values: list[Value]) -> bool | None:
    one, other = values
    if one is None or other is None:
        return None
    mode, below, above = tolerances(expression)
    if mode == "relative":
        below, above = abs(one) * below / 100, abs(one) * above / 100
    low, high = one - below, one + above
    inside = bool(low <= other <= high)
    at_open_end = (other == low and attribute(expression, "includeLowerBound") == "false") or (
        other == high and attribute(expression, "includeUpperBound") == "false"
    )
    return inside and not at_open_end


def _string_match(expression: etree._Element, values: list[Value]) -> bool | None:
    one, other = values
    if one is None or other is None:
        return None
    if (attribute(expression, "caseSensitive") or "true") == "false":
        one, other = _folded(one), _folded(other)
    return bool(other in one if attribute(expression, "substring") == "true" else one == other)


def _pattern_match(expression: etree._Element, values: list[Value]) -> bool | None:
    if values[0] is None:
        return None
    pattern = attribute(expression, "pattern")
    matched = None if pattern is None else matches(pattern, values[0])
    if matched is None:
        raise NotScored(UNUSUAL)
    return matched


def _all(values: list[Value]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _any(values: list[Value]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False


def _any_n(expression: etree._Element, values: list[Value]) -> bool | None:
    least, most = (number(attribute(expression, name)) for name in ("min", "max"))
    if least is None or most is None:
        raise NotScored(UNUSUAL)
    true, unknown = values.count(True), values.count(None)
    if least <= true and true + unknown <= most:
        return True
    return False if true + unknown < least or true > most else None


def _divide(one: Fraction, other: Fraction) -> Fraction | None:
    return None if other == 0 else one / other


def _product(values: Sequence[Value]) -> Fraction:
    result = Fraction(1)
    for value in values:
        result *= value
    if result.numerator.bit_length() > 500 or result.denominator.bit_length() > 500:
        raise NotScored("Its scoring counts with numbers that are too large.")
    return result


def _numbers(values: list[Value]) -> list[Fraction] | None:
    """All numbers of the operands; None if one is missing."""
    flat = [each for value in values for each in _contained(value)]
    return None if None in flat else flat


def _of_numbers(count: Callable[[list[Fraction]], Value]) -> Callable[[etree._Element, list[Value]], Value]:
    def operator(_: etree._Element, values: list[Value]) -> Value:
        numbers = _numbers(values)
        return None if numbers is None else count(numbers)

    return operator


def _unless_missing(operation: Callable[..., Value]) -> Callable[[etree._Element, list[Value]], Value]:
    def operator(_: etree._Element, values: list[Value]) -> Value:
        return None if None in values else operation(*values)

    return operator


def _collected(values: list[Value]) -> list[Value] | None:
    return [each for value in values if value is not None for each in _contained(value)] or None


_OPERATORS: dict[str, Callable[[etree._Element, list[Value]], Value]] = {
    "match": lambda _, values: equal(*values),
    "equal": _equal_numbers,
    "stringmatch": _string_match,
    "patternmatch": _pattern_match,
    "and": lambda _, values: _all(values),
    "or": lambda _, values: _any(values),
    "not": lambda _, values: None if values[0] is None else not values[0],
    "anyn": _any_n,
    "isnull": lambda _, values: values[0] is None or values[0] in ([], (), ""),
    "member": _unless_missing(lambda one, group: one in group),
    "contains": _unless_missing(lambda group, part: not Counter(part) - Counter(group)),
    "sum": _of_numbers(lambda numbers: sum(numbers, Fraction(0))),
    "product": _of_numbers(_product),
    "min": _of_numbers(min),
    "max": _of_numbers(max),
    "subtract": _unless_missing(lambda one, other: one - other),
    "divide": _unless_missing(_divide),
    "gt": _unless_missing(lambda one, other: one > other),
    "gte": _unless_missing(lambda one, other: one >= other),
    "lt": _unless_missing(lambda one, other: one < other),
    "lte": _unless_missing(lambda one, other: one <= other),
    "truncate": _unless_missing(lambda one: Fraction(int(one))),
    "round": _unless_missing(lambda one: Fraction(floor(one + Fraction(1, 2)))),
    "containersize": lambda _, values: Fraction(len(values[0] or ())),
    "multiple": lambda _, values: _collected(values),
    "ordered": lambda _, values: None if (given := _collected(values)) is None else tuple(given),
    "index": lambda expression, values: (
        None if values[0] is None else values[0][int(attribute(expression, "n") or "") - 1]
    ),
}
