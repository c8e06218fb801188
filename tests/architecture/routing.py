"""API Gateway's choice of a route (HTTP API): a full match, then the longest greedy one, then `$default`."""

from collections.abc import Iterable, Mapping

from tests.architecture.deployed import API_FUNCTIONS

DEFAULT = "$default"


def template_routes() -> dict[str, str]:
    """The function behind every route key (`GET /things/{id}`) of the template."""
    return {
        DEFAULT if event["Properties"].get("Path") == f"/{DEFAULT}" else _key(event["Properties"]): name
        for name, function in API_FUNCTIONS.items()
        for event in function["Events"].values()
        if event["Type"] == "HttpApi"
    }


def _key(properties: Mapping[str, str]) -> str:
    return f"{properties['Method'].upper()} {properties['Path']}"


def choose(keys: Iterable[str], method: str, path: str) -> str | None:
    """The route key that a request goes to, None when there is none."""
    matching = [key for key in keys if _matches(key, method, path)]
    return max(matching, key=_precision, default=None)


def _matches(key: str, method: str, path: str) -> bool:
    if key == DEFAULT:
        return True
    wanted, _, template = key.partition(" ")
    if wanted not in ("ANY", method):
        return False
    given, pattern = path.split("/"), template.split("/")
    if pattern[-1].endswith("+}"):
        # A greedy variable takes one segment at least, so not the bare path.
        fixed = pattern[:-1]
        return len(given) > len(fixed) and _fits(fixed, given)
    return len(given) == len(pattern) and _fits(pattern, given)


def _fits(pattern: list[str], given: list[str]) -> bool:
    return all(part.startswith("{") or part == segment for part, segment in zip(pattern, given, strict=False))


def _precision(key: str) -> tuple[bool, bool, int, list[bool], bool]:
    method, _, template = key.partition(" ")
    parts = template.split("/")
    return (
        key != DEFAULT,
        not template.endswith("+}"),
        len(parts),
        [not part.startswith("{") for part in parts],
        method != "ANY",
    )
