"""Formulas: TeX between `$...$` or `$$...$$`, as it stands in texts of other systems."""

import re

# Pandoc's rule: no blank inside the dollars, no digit behind them, so that "$5 or $6" is no formula.
FORMULA = re.compile(
    r"\\\((?P<round>(?:(?!\\[()]).)+)\\\)|\\\[(?P<square>(?:(?!\\[\[\]]).)+)\\\]|\$\$(?P<display>[^$]+?)\$\$"
    r"|(?<![\\$])\$(?P<inline>(?![\s$])(?:\\.|[^$\\])*?(?<![\s\\]))\$(?![\d$])",
    re.DOTALL,
)
_LINK_IN_FORMULA = re.compile(r"\]\s*[(:\[]|`")
BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")


def formula_of(match: re.Match[str]) -> str | None:
    """A formula between dollars; None for what would be more than text where nobody sets formulas."""
    display = match["display"] or match["square"]
    tex = BLANKS.sub(" ", display or match["round"] or match["inline"] or "").strip()
    if not tex or "$" in tex.replace(r"\$", "") or _LINK_IN_FORMULA.search(tex):
        return None
    dollars = "$$" if display else "$"
    return dollars + without_tags(tex) + dollars


def without_tags(tex: str) -> str:
    return re.sub(r" ?([<>]) ?", lambda match: r" \lt " if match[1] == "<" else r" \gt ", tex).strip()
