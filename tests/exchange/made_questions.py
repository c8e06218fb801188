"""Questions of every kind, for tests that write and read them again."""

from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st

from exchange.items import AcceptedText, AcceptedTexts, Choice, Key, Kind, Prompt, Question, Range, Ranges, Value

KINDS: tuple[Kind, ...] = get_args(Kind)

_letters = st.text(st.sampled_from("abzAZ019éя {}=~#:%->[]"), min_size=1, max_size=8)
_words = _letters.map(lambda text: " ".join(text.split())).filter(bool)
_marked = st.one_of(
    st.text(st.sampled_from("abZé1"), min_size=1, max_size=6),
    st.sampled_from(
        ["*a*", "**b c**", "`x = {1}`", "$a_1 \\neq b$", "[site](https://example.org/x)", "a->b", "50%", "a: b"]
    ),
    st.sampled_from([r"\[markdown\]", r"\*", "=", r"\~1", "#2", "x::y", "{z}", "%50%"]),
)
_lines = st.lists(_marked, min_size=1, max_size=4).map(lambda parts: "q " + " ".join(parts))
markdown = st.lists(_lines, min_size=1, max_size=3).map("\n\n".join)
_unlike_lines = st.lists(_lines, min_size=2, max_size=5, unique=True)
_numbers = st.decimals(-1000, 1000, places=3)
_credits = st.sampled_from([Decimal(100), Decimal(50), Decimal("33.33333"), Decimal(1)])
# Shares of the points, by the number of right choices; none is like what the exam gives without weights.
_SHARES = {1: ["100"], 2: ["75", "25"], 3: ["50", "30", "20"], 4: ["40", "30", "20", "10"]}


@st.composite
def banks(draw: st.DrawFn, kinds: tuple[Kind, ...] = KINDS) -> list[Question]:
    found = draw(st.lists(_questions(kinds), min_size=1, max_size=4))
    return [question.model_copy(update={"source": f"q{number}"}) for number, question in enumerate(found, 1)]


@st.composite
def _questions(draw: st.DrawFn, kinds: tuple[Kind, ...]) -> Question:
    kind = draw(st.sampled_from(kinds))
    choices: list[Choice] = []
    prompts: list[Prompt] = []
    key: Key = None
    if kind in ("single", "multiple", "ordering", "matching"):
        choices = [Choice(id=f"c{number}", text=text) for number, text in enumerate(draw(_unlike_lines), 1)]
    names = [choice.id for choice in choices]
    match kind:
        case "single":
            key = draw(st.sampled_from(names))
            choices = draw(_weighed(choices, [key]))
        case "multiple":
            key = tuple(name for name in names if draw(st.booleans())) or (names[0],)
            choices = draw(_weighed(choices, key))
        case "truefalse":
            key = draw(st.booleans())
        case "ordering":
            key = tuple(draw(st.permutations(names)))
        case "matching":
            prompts = [Prompt(id=f"p{place}", text=text) for place, text in enumerate(draw(_unlike_lines), 1)]
            key = {prompt.id: draw(st.sampled_from(names)) for prompt in prompts}
        case "numeric":
            key = draw(_values | _ranges())
        case "short":
            key = draw(_accepted())
    return Question(
        source="",
        kind=kind,
        question_text=draw(markdown),
        choices=tuple(choices),
        prompts=tuple(prompts),
        correct_answer=key,
        partial_credit=draw(_partial_credit(kind, choices, key)),
        points=draw(st.decimals(Decimal("0.01"), 1000, places=2)),
        explanation=draw(st.just("") | markdown),
        tags=tuple(draw(st.lists(_words, max_size=3, unique=True))),
        difficulty=draw(st.sampled_from([None, "easy", "medium", "hard"])),
        title=draw(st.just("") | _words),
        category=draw(st.sampled_from(["", "Loops", "Unit 1/Loops"])),
    )


def _partial_credit(kind: Kind, choices: list[Choice], key: Key) -> st.SearchStrategy[bool]:
    """False only where it makes a difference."""
    has_parts = kind in ("multiple", "matching", "ordering") and isinstance(key, tuple | dict) and len(key) > 1
    is_weighed = any(choice.weight is not None for choice in choices)
    of_two = kind == "ordering" and len(choices) == 2
    return st.booleans() if has_parts and not is_weighed and not of_two else st.just(True)


@st.composite
def _weighed(draw: st.DrawFn, choices: list[Choice], right: list[str] | tuple[str, ...]) -> list[Choice]:
    """The choices, perhaps each with a weight."""
    if len(right) not in _SHARES or len(right) == len(choices) or draw(st.booleans()):
        return choices
    shares = dict(zip(right, map(Decimal, _SHARES[len(right)]), strict=True))
    wrong = st.sampled_from([Decimal(-50), Decimal(-5)])
    return [choice.model_copy(update={"weight": shares.get(choice.id) or draw(wrong)}) for choice in choices]


@st.composite
def _accepted(draw: st.DrawFn) -> AcceptedTexts:
    texts = draw(st.lists(_words, min_size=1, max_size=3, unique_by=str.casefold))
    if draw(st.booleans()):
        texts[0] = f"{texts[0]}\\* 5*"
    shares = [Decimal(100), *(draw(_credits) for _ in texts[1:])]
    accepted = (AcceptedText(text=text, credit=share) for text, share in zip(texts, shares, strict=True))
    has_case = any(text.swapcase() != text for text in texts)
    return AcceptedTexts(accepted=tuple(accepted), case_sensitive=has_case and draw(st.booleans()))


_values = st.builds(Value, value=_numbers, tolerance=st.decimals(0, 10, places=2))


@st.composite
def _ranges(draw: st.DrawFn) -> Ranges:
    """Two or three that do not overlap: formats may write one, or overlapping ones, in another way."""
    shares = [Decimal(100), *draw(st.lists(_credits, min_size=1, max_size=2))]
    ends = sorted(draw(st.lists(_numbers, min_size=2 * len(shares), max_size=2 * len(shares), unique=True)))
    pairs = zip(ends[::2], ends[1::2], shares, strict=True)
    return Ranges(ranges=tuple(Range(minimum=low, maximum=high, credit=credit) for low, high, credit in pairs))


def numeric(*ranges: tuple[str, str, str]) -> Question:
    """A question with these ranges, each of a minimum, a maximum and a credit."""
    made = (Range(minimum=Decimal(low), maximum=Decimal(high), credit=Decimal(credit)) for low, high, credit in ranges)
    return Question(source="q1", kind="numeric", question_text="q 1", correct_answer=Ranges(ranges=tuple(made)))


def short(*texts: str) -> Question:
    """A question that accepts these texts."""
    key = AcceptedTexts(accepted=tuple(AcceptedText(text=text) for text in texts))
    return Question(source=f"q {texts[0]}", kind="short", question_text="q 1", correct_answer=key)


def without_ids(question: Question) -> dict[str, Any]:
    """A question in which choices and prompts are known by their texts, since some formats number them anew."""
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
        "choices": sorted(choices, key=str) if question.kind in ("matching", "ordering") else choices,
        "prompts": [prompt.text for prompt in question.prompts],
        "key": key,
    }
