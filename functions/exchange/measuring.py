"""Finds the key, the weights and the credits of a question by asking how its source scores answers.

Other systems write the same rule in many ways. A reader of a format says what an answer earns there, and this module
asks for answers that tell the rules apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

from exchange.items import AcceptedText, AcceptedTexts, Choice, Key, Kind, Range, Ranges, Sentence
from exchange.items import Value as Number

Answer = Any
"""A choice, a text or a number; a list of choices; a tuple of them where order counts."""
Score = Callable[[Answer], Fraction]

DIFFERS = "Partly right answers score differently here."
NOT_SAID = "The file does not say how it is scored."
_ALL_SUBSETS_OF = 6
_MOST_CHOICES = 50
_MOST_ACCEPTED = 50
_ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_LONGEST_ID = 64
_LARGEST_NUMBER = Decimal(10**15)
_IMPROBABLE = "\u2603 no such answer"


class NotScored(Exception):
    """The source's scoring is none that a question here can have; `reason` is a sentence for a teacher."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Measured:
    """The rule of a question; `best` are the points of the best answer, which is `answer`."""

    kind: Kind
    key: Key
    best: Fraction
    answer: Answer
    weights: dict[str, Decimal] | None = None
    partial_credit: bool = True
    losses: tuple[str, ...] = ()


def number(given: str | None) -> Fraction | None:
    """None for what is no number, or one of more digits than any question has."""
    try:
        value = Decimal((given or "").strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > 20 or len(value.as_tuple().digits) > 40:
        return None
    return Fraction(value)


def percent(score: Fraction, best: Fraction) -> Decimal:
    """Hundredths of the best, with the five places that earned and weights may have, within -100 and 100."""
    share = max(Fraction(-1), min(Fraction(1), score / best))
    return decimal(share * 100, 5)


def decimal(value: Fraction, places: int) -> Decimal:
    rounded = Decimal(round(value * 10**places)).scaleb(-places).normalize()
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded


def choices(shown: Iterable[tuple[str, str]], least: int = 2) -> dict[str, Choice]:
    """By their names in the file, choices with their texts; each has an id that the bank takes."""
    found: dict[str, Choice] = {}
    for place, (name, text) in enumerate(shown, 1):
        if name in found:
            raise NotScored("Two of its choices have the same name.")
        if not text:
            raise NotScored("One of its choices has nothing to show.")
        fits = 0 < len(name) <= _LONGEST_ID and _ID_CHARACTERS.issuperset(name)
        found[name] = Choice(id=name if fits else f"choice-{place}", text=text)
    if len(found) < least:
        raise NotScored("It has fewer than two choices.")
    if len(found) > _MOST_CHOICES:
        raise NotScored(Sentence("It has more than {most} choices.", most=_MOST_CHOICES))
    if len({each.id for each in found.values()}) != len(found):
        raise NotScored("Two of its choices have the same name.")
    return found


def renamed(measured: Measured, ids: Mapping[str, str]) -> Measured:
    """With the ids of the bank in the place of the names in the file."""
    key = measured.key
    if isinstance(key, str):
        key = ids[key]
    elif isinstance(key, tuple):
        key = tuple(ids[each] for each in key)
    elif isinstance(key, dict):
        key = {ids[prompt]: ids[choice] for prompt, choice in key.items()}
    weights = measured.weights and {ids[each]: weight for each, weight in measured.weights.items()}
    return replace(measured, key=key, weights=weights)


def true_or_false(choices: Iterable[Choice], measured: Measured) -> Measured | None:
    """A choice between the words true and false is a question of that kind; None for others."""
    texts = {each.text.strip().lower(): each.id for each in choices}
    if measured.kind != "single" or measured.weights is not None or texts.keys() != {"true", "false"}:
        return None
    return replace(measured, kind="truefalse", key=texts["true"] == measured.key)


def single(ids: Sequence[str], declared: Answer, score: Score) -> Measured:
    scores = {each: score(each) for each in ids}
    best = _require_points(scores.values())
    right = [each for each in ids if scores[each] == best]
    key = declared if declared in right else right[0]
    plain = len(right) == 1 and all(scores[each] == 0 for each in ids if each != key)
    weights = None if plain else {each: percent(scores[each], best) for each in ids}
    return Measured("single", key, best, key, weights)


def multiple(ids: Sequence[str], declared: Sequence[str], score: Score) -> Measured:
    """Weighs choices, or takes all or nothing, whichever gives the scores of the file."""
    alone = {each: score([each]) for each in ids}
    positive = [each for each in ids if alone[each] > 0]
    candidates = [key for key in ([each for each in ids if each in declared], positive) if key]
    if not candidates:
        raise NotScored("None of its choices is right.")
    key = max(candidates, key=score)
    best = _require_points([score(key)])
    probes: dict[tuple[str, ...], Fraction] = {
        subset: max(Fraction(0), score(list(subset)) / best) for subset in _subsets(ids, key)
    }
    if all(share == Fraction(set(subset) == set(key)) for subset, share in probes.items()):
        # Of one right choice, all or nothing is the same as the usual rule.
        return Measured("multiple", tuple(key), best, key, partial_credit=len(key) == 1)
    gains = {each: alone[each] if each in key else _loss(each, key, alone, best, score) for each in ids}
    weights = {each: percent(gain, best) for each, gain in gains.items()}
    weighed = {subset: _weighed(subset, weights) for subset in probes}
    equal = all(abs(weighed[subset] - min(share, Fraction(1))) < Fraction(1, 1000) for subset, share in probes.items())
    usable = all((weights[each] > 0) == (each in key) for each in ids)
    if not usable or sum(weights[each] for each in key) < Decimal("99.99"):
        return Measured("multiple", tuple(key), best, key, partial_credit=False, losses=(DIFFERS,))
    losses = () if equal else (DIFFERS,)
    hits = Fraction(100, len(key))
    usual = {each: hits if each in key else -hits for each in ids}
    if all(abs(Fraction(weights[each]) - usual[each]) < Fraction(1, 1000) for each in ids):
        return Measured("multiple", tuple(key), best, key, losses=losses)
    return Measured("multiple", tuple(key), best, key, weights, losses=losses)


def _loss(wrong: str, key: Sequence[str], alone: Mapping[str, Fraction], best: Fraction, score: Score) -> Fraction:
    """What a wrong choice costs, seen beside as many right ones as keep the score between its bounds."""
    right = Fraction(0)
    together = best
    for place, each in enumerate(key, 1):
        right += alone[each]
        together = score([*key[:place], wrong])
        if together < best and together != 0:
            break
    return together - (right if together < best else best)


def _weighed(subset: Iterable[str], weights: dict[str, Decimal]) -> Fraction:
    full = min(Decimal(100), sum((weight for weight in weights.values() if weight > 0), Decimal(0))) or Decimal(100)
    total = Fraction(sum((weights[each] for each in subset), Decimal(0))) / Fraction(full)
    return max(Fraction(0), min(Fraction(1), total))


def _subsets(ids: Sequence[str], key: Sequence[str]) -> list[tuple[str, ...]]:
    """All sets of choices, of many choices those that are near the key."""
    if len(ids) <= _ALL_SUBSETS_OF:
        return [subset for size in range(len(ids) + 1) for subset in combinations(ids, size)]
    near = [tuple(each for each in ids if (each in key) != (each == changed)) for changed in ids]
    return [(), tuple(key), tuple(ids), *((each,) for each in ids), *near]


def ordering(ids: Sequence[str], declared: Answer, score: Score) -> Measured:
    key = tuple(declared or ())
    if sorted(key) != sorted(ids):
        raise NotScored("Its right order does not hold every choice once.")
    best = _require_points([score(key)])
    swapped = (key[1], key[0], *key[2:])
    turned = (*key[1:], key[0])
    shares = {other: score(other) / best for other in (swapped, turned, tuple(reversed(key)))}
    places = {other: Fraction(sum(map(str.__eq__, other, key)), len(key)) for other in shares}
    if places != shares and not any(shares.values()):
        return Measured("ordering", key, best, key, partial_credit=False)
    return Measured("ordering", key, best, key, losses=() if places == shares else (DIFFERS,))


def matching(choices: Sequence[str], key: dict[str, str], pair: Callable[[str, str], str], score: Score) -> Measured:
    """`key` has the choice for each prompt; `pair` writes the two as the file does."""
    prompts = list(key)
    right = [pair(prompt, key[prompt]) for prompt in prompts]
    best = _require_points([score(right)])
    shares = [score(right[:place] + right[place + 1 :]) / best for place in range(len(right))]
    for place, prompt in enumerate(prompts):
        other = next(choice for choice in choices if choice != key[prompt])
        shares.append(score([*right[:place], pair(prompt, other), *right[place + 1 :]]) / best)
    if len(prompts) > 1 and not any(shares):
        return Measured("matching", key, best, right, partial_credit=False)
    without_one = Fraction(len(right) - 1, len(right))
    losses = (
        ()
        if all(abs(share - without_one) < Fraction(1, 1000) for share in shares)
        else ("Every right pair counts the same here, and wrong ones nothing.",)
    )
    return Measured("matching", key, best, right, losses=losses)


def short(samples: Mapping[str, str], score: Score) -> Measured:
    """`samples` has, for each text that may be accepted (with wildcards), an answer that only it accepts."""
    samples = {text: sample for text, sample in samples.items() if text.strip()}
    if len(samples) > _MOST_ACCEPTED:
        raise NotScored(Sentence("It accepts more than {most} texts.", most=_MOST_ACCEPTED))
    scores = {text: score(sample) for text, sample in samples.items()}
    others = score(_IMPROBABLE)
    best = _require_points(scores.values())
    losses = []
    # The other case of a text that earns more than any answer does shows whether case counts.
    telling = [sample for text, sample in samples.items() if scores[text] > others and _has_case(sample, samples)]
    cases = [score(each.swapcase()) == score(each) for each in telling]
    sensitive = not all(cases)
    if sensitive and any(cases):
        sensitive = False
        losses.append("Upper and lower case count as the same here.")
    if others < 0 or any(value < 0 for value in scores.values()):
        losses.append("Wrong answers cost no points here.")
    earned: dict[str, AcceptedText] = {}
    for text, value in (*scores.items(), ("*", others)):
        accepted = AcceptedText(text=text, credit=percent(value, best))
        known = earned.setdefault(text if sensitive else text.casefold(), accepted)
        if known.credit < accepted.credit:
            earned[text.casefold()] = accepted
    answer = next(sample for text, sample in samples.items() if scores[text] == best)
    key = AcceptedTexts(accepted=tuple(each for each in earned.values() if each.credit >= 1), case_sensitive=sensitive)
    return Measured("short", key, best, answer, losses=tuple(losses))


def texts(given: Iterable[str]) -> dict[str, str]:
    """Samples of texts without wildcards."""
    return {escaped(text): text for each in given if (text := each.strip())}


def is_like(pieces: Sequence[str], text: str, *, case_sensitive: bool) -> bool:
    """Whether a text is these pieces in their order, with any characters between them."""
    # No regular expression: one with many wildcards could take for ever.
    if not case_sensitive:
        pieces, text = [each.casefold() for each in pieces], text.casefold()
    if len(pieces) == 1:
        return text == pieces[0]
    first, *between, last = pieces
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in between:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _has_case(text: str, samples: Mapping[str, str]) -> bool:
    return text.swapcase() != text and text.swapcase() not in samples.values()


def escaped(text: str) -> str:
    r"""A text in which `*` is no wildcard."""
    return text.replace("*", "\\*")


def numeric(breakpoints: Iterable[Fraction], score: Score) -> Measured:
    """Between `breakpoints` the score does not change."""
    points = sorted(set(breakpoints))
    if len(points) > 4 * _MOST_ACCEPTED:
        raise NotScored(Sentence("It compares with more than {most} numbers.", most=_MOST_ACCEPTED))
    if not points:
        raise NotScored("It names no number that is right.")
    if max(map(abs, points)) > _LARGEST_NUMBER:
        raise NotScored("It asks for a number that is too large.")
    between = [(one + other) / 2 for one, other in pairwise(points)]
    at = [score(point) for point in points]
    inside = [score(point) for point in between]
    below, above = score(points[0] - 1), score(points[-1] + 1)
    best = _require_points([*at, *inside, below, above])
    losses = []
    ranges: list[tuple[Decimal, Decimal, Fraction]] = []

    def add(low: Decimal, high: Decimal, earned: Fraction, *, ends_included: bool = True) -> None:
        if earned <= 0:
            return
        if not ends_included:
            losses.append("The ends of a range count as inside here.")
        if ranges and ranges[-1][1] == low and ranges[-1][2] == earned:
            ranges[-1] = (ranges[-1][0], high, earned)
        else:
            ranges.append((low, high, earned))

    exact = [decimal(point, 12) for point in points]
    if below > 0:
        add(-_LARGEST_NUMBER, exact[0], below, ends_included=at[0] >= below)
    for place, point in enumerate(exact):
        add(point, point, at[place])
        if place < len(inside):
            closed = at[place] >= inside[place] <= at[place + 1]
            add(point, exact[place + 1], inside[place], ends_included=closed)
    if above > 0:
        add(exact[-1], _LARGEST_NUMBER, above, ends_included=at[-1] >= above)
    answer = next(point for point in [*points, *between, points[0] - 1, points[-1] + 1] if score(point) == best)
    if len(ranges) == 1:
        low, high, _ = ranges[0]
        key: Key = Number(value=(low + high) / 2, tolerance=(high - low) / 2)
    else:
        key = Ranges(
            ranges=tuple(
                Range(minimum=low, maximum=high, credit=max(Decimal(1), percent(given, best)))
                for low, high, given in ranges
            )
        )
    return Measured("numeric", key, best, answer, losses=tuple(losses))


def _require_points(scores: Iterable[Fraction]) -> Fraction:
    best: Fraction = max(scores, default=Fraction(0))
    if best <= 0:
        raise NotScored("No answer earns points by its scoring.")
    return best
