"""Writes HTML that was cleaned as Markdown."""

import re
import unicodedata
from pathlib import PurePosixPath

from bs4 import Tag
from bs4.element import NavigableString, PageElement
from markdownify import MarkdownConverter

from exchange.markdown.conversion import (
    LOST_DATA_IMAGE,
    LOST_IMAGE,
    LOST_IMAGE_KIND,
    LOST_LINK,
    REMOTE_IMAGE,
    Conversion,
)
from exchange.markdown.elements import EMPHASIS, INLINE
from exchange.markdown.formulas import BLANKS, FORMULA, formula_of, without_tags
from exchange.markdown.links import image_target, web_address

_PARAGRAPH_END = re.compile(r"\s*\n[ \t]*\n\s*")
_MARKUP = "\\*`[]()!$~<>"
_DATA_PICTURES = ("data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/webp")
_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ""}
_SUPERSCRIPTS = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPTS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


class Converter(MarkdownConverter):
    def __init__(self, conversion: Conversion, *, escape_dollars: bool) -> None:
        super().__init__(heading_style="atx", bullets="-", wrap=True, wrap_width=None, table_infer_header=True)
        self._conversion = conversion
        self._escape_dollars = escape_dollars
        self._begins_line = True

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        self._begins_line = not _neighbour(el, "previous_sibling", -1).strip()
        return str(super().process_text(el, parent_tags))  # type: ignore[misc]  # Its stub leaves this out.

    def escape(self, text: str, parent_tags: set[str]) -> str:
        parts, end = [], 0
        for match in FORMULA.finditer(text):
            formula = formula_of(match)
            if formula is not None:
                parts += [self._escape(text[end : match.start()], at_start=end == 0 and self._begins_line), formula]
                end = match.end()
        return "".join([*parts, self._escape(text[end:], at_start=end == 0 and self._begins_line)])

    def _escape(self, text: str, *, at_start: bool) -> str:
        text = re.sub(r"([\\*`\[\]~])|(<)(?![\s\d=])|(&)(?=#|\w+;)", lambda match: "\\" + match[0], text)
        text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
        if self._escape_dollars:
            text = text.replace("$", r"\$")
        # What would begin a picture together with a link that follows.
        text = re.sub(r"!$", r"\\!", text)
        if at_start:
            text = re.sub(r"^(\s*)(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=+(?=\s*$)|-+(?=\s*$)|\||:(?=-))", r"\1\\\2", text)
            text = re.sub(r"^(\s*\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)
        return text

    def _emphasis(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        before, inner, after = _outer_blanks(text)
        # Between a letter and a mark of punctuation, an asterisk does not begin or end anything.
        if _is_letter(_neighbour(el, "previous_sibling", -1)):
            while inner and _is_punctuation(inner[0]) and inner[0] not in _MARKUP:
                before, inner = before + inner[0], inner[1:]
            if _is_punctuation(inner[:1]):
                return before + inner + after
        if _is_letter(_neighbour(el, "next_sibling", 0)):
            while inner and _is_punctuation(inner[-1]) and inner[-1] not in _MARKUP and inner[-2:-1] != "\\":
                after, inner = inner[-1] + after, inner[:-1]
            if _is_punctuation(inner[-1:]):
                return before + inner + after
        mark = EMPHASIS[el.name]
        # It ends with its paragraph, which two breaks end, too.
        parts = _PARAGRAPH_END.split(inner)
        # Asterisks around text that begins and ends with some belong together in more than one way.
        if any(mark[0] == part[:1] == part[-1:] and len(re.findall(r"\*+|~+", part)) > 2 for part in parts):
            return before + inner + after
        return before + "\n\n".join(f"{mark}{part}{mark}" if part.strip() else part for part in parts) + after

    convert_b = convert_strong = convert_i = convert_em = convert_u = convert_ins = convert_mark = _emphasis
    convert_cite = convert_var = convert_dfn = convert_del = convert_s = convert_strike = _emphasis

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._raised(text, "^", _SUPERSCRIPTS, parent_tags)

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._raised(text, "_", _SUBSCRIPTS, parent_tags)

    def _raised(self, text: str, mark: str, letters: dict[int, int], parent_tags: set[str]) -> str:
        """Unicode has raised digits; other texts become a formula, except for the endings of numbers, "1st"."""
        before, inner, after = _outer_blanks(text)
        if not inner or "_noformat" in parent_tags or inner in ("st", "nd", "rd", "th", "er", "e", "o", "TM", "®", "™"):
            return text
        if all(ord(letter) in letters for letter in inner):
            return before + inner.translate(letters) + after
        if re.fullmatch(r"[\w ,.+=()'-]+", inner):
            return f"{before}${mark}{{{inner}}}${after}"
        return text

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        link = str(el.get("href", "")).strip()
        before, inner, after = _outer_blanks(text)
        if "_noformat" in parent_tags or not link or link.startswith("#"):
            return text
        name = self._conversion.find(link)
        if name is not None:
            self._conversion.files[name] = None
            return text
        target = web_address(link)
        if target is None:
            self._conversion.lose(LOST_LINK)
            return text
        if not inner:
            return before + after
        if _PARAGRAPH_END.search(inner):
            # A link around whole paragraphs.
            return f"{before}{inner}\n\n[{self._escape(link, at_start=True)}]({target}){after}"
        return f"{before}[{inner}]({target}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        source = str(el.get("src", "")).strip()
        alt = BLANKS.sub(" ", str(el.get("alt", ""))).strip()
        tex = el.get("data-equation-content") or (alt if "/filter/tex/" in source else None)
        if tex:
            return "$" + without_tags(str(tex).strip("$ \n")) + "$"
        words = self._escape(alt, at_start=False).replace("$", r"\$")
        name = self._conversion.find(source) if source else None
        if name is not None:
            if PurePosixPath(name).suffix.lower() not in _PICTURES:
                self._conversion.lose(LOST_IMAGE_KIND)
                return words
            self._conversion.images[name] = None
            return f"![{words}]({image_target(name)})"
        target = web_address(source)
        if target is not None and "a" not in parent_tags:
            self._conversion.lose(REMOTE_IMAGE)
            return f"[{words or PurePosixPath(target).name}]({target})"
        if source:
            self._conversion.lose(_loss_of(source.lower()))
        return words

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return "\n"
        return " " if "_inline" in parent_tags else "  \n"

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        return "\n\n" + "\n".join(f"> {line}" if line.strip() else ">" for line in text.strip().split("\n")) + "\n\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        # Not of hyphens, which would be one rule together with the hyphen of a list.
        return "\n\n***\n\n"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "pre" in parent_tags:
            return text
        before, inner, after = _outer_blanks(BLANKS.sub(" ", text))
        if not inner:
            return before + after
        mark = _fence(inner, 1)
        blank = " " if inner.startswith("`") or inner.endswith("`") else ""
        return f"{before}{mark}{blank}{inner}{blank}{mark}{after}"

    convert_kbd = convert_samp = convert_tt = convert_code

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip("\r\n")
        if not text.strip():
            return ""
        fence = _fence(text, 3)
        return f"\n\n{fence}\n{text}\n{fence}\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        bullet = f"{el['number']}. " if el.parent is not None and el.parent.name == "ol" else "- "
        return bullet + re.sub(r"\n(?=[^\n])", "\n" + " " * len(bullet), text) + "\n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " + re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", BLANKS.sub(" ", text).strip()) + " |"

    convert_th = convert_td

    def convert_dt(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        return f"\n\n**{text}**\n\n" if text and "*" not in text and "\n" not in text else f"\n\n{text}\n\n"

    def _block(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        if "_inline" in parent_tags:
            return f" {text} "
        return f"\n\n{text}\n\n" if text else ""

    convert_p = convert_dd = convert_dl = convert_div = convert_article = convert_section = convert_aside = _block
    convert_address = convert_center = convert_details = convert_fieldset = convert_figcaption = convert_figure = _block
    convert_footer = convert_form = convert_header = convert_legend = convert_main = convert_nav = _block
    convert_summary = convert_caption = _block


def _loss_of(source: str) -> str:
    if not source.startswith("data:"):
        return LOST_IMAGE
    return LOST_DATA_IMAGE if source.startswith(_DATA_PICTURES) else LOST_IMAGE_KIND


def _outer_blanks(text: str) -> tuple[str, str, str]:
    inner = text.strip()
    if not inner:
        return text, "", ""
    start = text.index(inner)
    return text[:start], inner, text[start + len(inner) :]


def _neighbour(element: PageElement, side: str, place: int) -> str:
    """The letter before or behind an element, in the same line."""
    here: PageElement = element
    while getattr(here, side) is None and here.parent is not None and here.parent.name in INLINE:
        here = here.parent
    sibling = getattr(here, side)
    if isinstance(sibling, Tag) and EMPHASIS.get(sibling.name) not in ("*", "**"):
        # Its Markdown ends in a backtick, a bracket or the like.
        return "`" if sibling.name in INLINE - {"br"} else ""
    # Asterisks side by side are one run, between what stands before the first and behind the last.
    text = sibling.get_text() if isinstance(sibling, Tag) else str(sibling or "")
    return text[place] if text else ""


def _is_punctuation(letter: str) -> bool:
    return bool(letter) and unicodedata.category(letter)[0] in "PS"


def _is_letter(letter: str) -> bool:
    return bool(letter) and not letter.isspace() and not _is_punctuation(letter)


def _fence(text: str, least: int) -> str:
    runs = {len(run) for run in re.findall(r"`+", text)}
    if least > 1:
        return "`" * max([least, *(run + 1 for run in runs)])
    return "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)


def tidy(text: str) -> str:
    """No blanks at the ends of lines but those of a break, and at most one empty line."""
    text = re.sub(r"[ \t]+\n(?=[ \t]*\n)", "\n", text.strip())
    text = re.sub(r"[ \t]{3,}\n", "  \n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
