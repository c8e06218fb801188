"""Questions of every kind, for tests that write and read them again."""

from decimal import Decimal

from hypothesis import strategies as st

from exchange.items import AcceptedText, AcceptedTexts, Choice, Key, Prompt, Question, Range, Ranges, Value

_word = st.text(st.sampled_from("abcdefgxyzABCXYZéüж0123456789"), min_size=1, max_size=8)
_part = _word | _word.map("*{}*".format) | _word.map("**{}**".format) | _word.map("`{}`".format)
markdown = st.lists(st.lists(_part, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=2).map("\n\n".join)
_line = st.lists(_part, min_size=1, max_size=4).map(" ".join)
_credits = st.sampled_from([Decimal(100), Decimal(50), Decimal("33.33333"), Decimal(1)])
_number = st.decimals(-1000, 1000, places=3).map(Decimal.normalize)


def _ids(prefix: str, least: int, most: int = 5) -> st.SearchStrategy[list[str]]:
    return st.integers(least, most).map(lambda count: [f"{prefix}{place}" for place in range(1, count + 1)])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(
        st.sampled_from(["single", "multiple", "truefalse", "numeric", "short", "matching", "ordering", "text"])
    )
    ids = draw(_ids("c", 2))
    prompts: tuple[Prompt, ...] = ()
    weights: list[Decimal | None] = [None] * len(ids)
    partial_credit = True
    key: Key = None
    match kind:
        case "single":
            key = ids[0]
            if draw(st.booleans()):
                weights = [
                    Decimal(100),
                    *(draw(st.sampled_from([Decimal(-25), Decimal(40)])) for _ in ids[1:]),
                ]
        case "multiple":
            key = tuple(ids[: draw(st.integers(1, len(ids)))])
            partial_credit = len(key) == 1 or draw(st.booleans())
            if partial_credit and draw(st.booleans()):
                shares = {
                    1: ["100"],
                    2: ["75", "25"],
                    3: ["50", "30", "20"],
                    4: ["40", "30", "20", "10"],
                    5: ["30", "25", "20", "15", "10"],
                }[len(key)]
                weights = [
                    *map(Decimal, shares),
                    *(draw(st.sampled_from([Decimal(-50), Decimal(0)])) for _ in ids[len(key) :]),
                ]
        case "truefalse":
            key = draw(st.booleans())
        case "numeric":
            key = draw(_numeric_keys())
        case "short":
            key = draw(_short_keys())
        case "matching":
            prompts = tuple(Prompt(id=each, text=draw(markdown)) for each in draw(_ids("p", 1)))
            key = {each.id: draw(st.sampled_from(ids)) for each in prompts}
            partial_credit = len(prompts) == 1 or draw(st.booleans())
        case "ordering":
            key = tuple(draw(st.permutations(ids)))
            partial_credit = len(ids) == 2 or draw(st.booleans())
    has_choices = kind in ("single", "multiple", "matching", "ordering")
    return Question(
        source=draw(st.from_regex(r"[a-z]{3,8}", fullmatch=True)),
        kind=kind,
        title=draw(st.just("") | _word),
        question_text=draw(markdown),
        choices=tuple(
            Choice(id=each, text=f"{each} {draw(_line)}", weight=weight)
            for each, weight in zip(ids, weights, strict=True)
        )
        if has_choices
        else (),
        prompts=prompts,
        correct_answer=key,
        partial_credit=partial_credit,
        points=draw(st.decimals(Decimal("0.01"), 1000, places=2)),
        explanation=draw(st.just("") | markdown),
        tags=tuple(draw(st.lists(_word, max_size=2, unique=True))),
        difficulty=draw(st.none() | st.sampled_from(["easy", "medium", "hard"])),
        category=draw(st.just("") | _word.map("Top/{}".format)),
    )


@st.composite
def _numeric_keys(draw: st.DrawFn) -> Value | Ranges:
    if draw(st.booleans()):
        return Value(value=draw(_number), tolerance=draw(st.decimals(0, 10, places=2).map(Decimal.normalize)))
    ends = sorted(draw(st.lists(_number, min_size=4, max_size=4, unique=True)))
    shares = [Decimal(100), draw(_credits)]
    pairs = zip(ends[::2], ends[1::2], shares, strict=True)
    return Ranges(ranges=tuple(Range(minimum=low, maximum=high, credit=credit) for low, high, credit in pairs))


@st.composite
def _short_keys(draw: st.DrawFn) -> AcceptedTexts:
    texts = draw(st.lists(_word, min_size=1, max_size=3, unique_by=str.casefold))
    if draw(st.booleans()):
        texts[0] = f"{texts[0]}\\* 5*"
    if draw(st.booleans()):
        texts.append("*zzz*")
    shares = [Decimal(100), *(draw(_credits) for _ in texts[1:])]
    accepted = (AcceptedText(text=each, credit=share) for each, share in zip(texts, shares, strict=True))
    has_case = any(each.swapcase() != each for each in texts)
    return AcceptedTexts(accepted=tuple(accepted), case_sensitive=has_case and draw(st.booleans()))
