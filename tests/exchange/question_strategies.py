"""Banks of questions, for tests that write and read them again."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from exchange.items import AcceptedText, AcceptedTexts, Choice, Key, Kind, Prompt, Question, Range, Ranges, Value

_words = st.text(st.sampled_from("abzAZ019éя {}=~#:%->[]"), min_size=1, max_size=8).map(str.strip).filter(bool)
_marked = st.one_of(
    st.text(st.sampled_from("abZé1"), min_size=1, max_size=6),
    st.sampled_from(
        ["*a*", "**b c**", "`x = {1}`", "$a_1 \\neq b$", "[site](https://example.org/x)", "a->b", "50%", "a: b"]
    ),
    st.sampled_from([r"\[markdown\]", r"\*", "=", "~1", "#2", "x::y", "{z}", "%50%"]),
)
lines = st.lists(_marked, min_size=1, max_size=4).map(lambda parts: "q " + " ".join(parts))
texts = st.lists(lines, min_size=1, max_size=3).map("\n\n".join)
_choice_texts = st.lists(lines, min_size=2, max_size=5, unique=True)
_numbers = st.decimals(-1000, 1000, places=3)
_credits = st.sampled_from([Decimal(100), Decimal(50), Decimal("33.33333"), Decimal(1)])


@st.composite
def _questions(draw: st.DrawFn, kinds: list[Kind]) -> Question:
    kind = draw(st.sampled_from(kinds))
    choices: list[Choice] = []
    prompts: list[Prompt] = []
    key: Key = None
    if kind in ("single", "multiple", "ordering", "matching"):
        choices = [Choice(id=str(number), text=text) for number, text in enumerate(draw(_choice_texts), 1)]
    names = [choice.id for choice in choices]
    match kind:
        case "single":
            key = draw(st.sampled_from(names))
            choices = _weighed(choices, draw(_weights(names, [key], Decimal(100))))
        case "multiple":
            right = [name for name in names if draw(st.booleans())] or names[:1]
            key = tuple(right)
            if len(right) in (1, 2, 4):
                choices = _weighed(choices, draw(_weights(names, right, Decimal(100) / len(right))))
        case "truefalse":
            key = draw(st.booleans())
        case "ordering":
            key = tuple(names)
        case "matching":
            prompts = [Prompt(id=str(place), text=text) for place, text in enumerate(draw(_choice_texts), 1)]
            key = {prompt.id: draw(st.sampled_from(names)) for prompt in prompts}
        case "numeric":
            key = draw(st.one_of(_values, _ranges()))
        case "short":
            accepted = draw(st.lists(_words, min_size=1, max_size=3, unique=True))
            shares = [Decimal(100), *(draw(_credits) for _ in accepted[1:])]
            pairs = zip(accepted, shares, strict=True)
            key = AcceptedTexts(
                accepted=tuple(AcceptedText(text=text, credit=share) for text, share in pairs),
                case_sensitive=draw(st.booleans()),
            )
    weighted = any(choice.weight is not None for choice in choices)
    partial = weighted or kind not in ("multiple", "matching", "ordering") or draw(st.booleans())
    return Question(
        source="",
        kind=kind,
        question_text=draw(texts),
        choices=tuple(choices),
        prompts=tuple(prompts),
        correct_answer=key,
        partial_credit=partial,
        points=draw(st.decimals(Decimal("0.01"), 1000, places=2)),
        explanation=draw(st.one_of(st.just(""), texts)),
        tags=tuple(draw(st.lists(_words, max_size=3, unique=True))),
        difficulty=draw(st.sampled_from([None, "easy", "medium", "hard"])),
        title=draw(st.one_of(st.just(""), _words)),
        category=draw(st.sampled_from(["", "Loops", "Unit 1/Loops"])),
    )


def _weighed(choices: list[Choice], weights: dict[str, Decimal]) -> list[Choice]:
    return [choice.model_copy(update={"weight": weights.get(choice.id)}) for choice in choices]


@st.composite
def _weights(draw: st.DrawFn, names: list[str], right: list[str], share: Decimal) -> dict[str, Decimal]:
    """None at all, or one a choice; where a wrong one costs as much as a right one gives, there is no need of them."""
    if len(right) == len(names) or draw(st.booleans()):
        return {}
    wrong = st.sampled_from([Decimal(-10), Decimal(-5)])
    return {name: share if name in right else draw(wrong) for name in names}


_values = st.builds(Value, value=_numbers, tolerance=st.decimals(0, 10, places=2))


@st.composite
def _ranges(draw: st.DrawFn) -> Ranges:
    shares = [Decimal(100), *draw(st.lists(_credits, max_size=2))]
    ends = [sorted((draw(_numbers), draw(_numbers))) for _ in shares]
    return Ranges(
        ranges=tuple(
            Range(minimum=low, maximum=high, credit=credit) for (low, high), credit in zip(ends, shares, strict=True)
        )
    )


@st.composite
def banks(draw: st.DrawFn, *, ordering: bool = True) -> list[Question]:
    kinds: list[Kind] = ["single", "multiple", "truefalse", "numeric", "short", "matching", "text"]
    if ordering:
        kinds.append("ordering")
    found = draw(st.lists(_questions(kinds), min_size=1, max_size=4))
    return [question.model_copy(update={"source": f"q{number}"}) for number, question in enumerate(found, 1)]


def without_ids(question: Question) -> dict[str, Any]:
    """A question in which choices and prompts are known by their texts, since formats number them anew."""
    texts = {choice.id: choice.text for choice in question.choices}
    asked = {prompt.id: prompt.text for prompt in question.prompts}
    key: Any = question.correct_answer
    if question.kind == "single":
        key = texts[key]
    elif question.kind in ("multiple", "ordering"):
        key = [texts[each] for each in key]
    elif isinstance(key, dict):
        key = {asked[prompt]: texts[choice] for prompt, choice in key.items()}
    choices: Any = [(choice.text, choice.weight) for choice in question.choices]
    return {
        **question.model_dump(exclude={"choices", "prompts", "correct_answer"}),
        "choices": sorted(choices, key=str) if question.kind == "matching" else choices,
        "prompts": [prompt.text for prompt in question.prompts],
        "key": key,
    }
