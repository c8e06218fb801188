"""HTML becomes Markdown that says the same, and in which nothing runs."""

import re
import sys
import unicodedata
from collections.abc import Callable
from types import FrameType

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from exchange.markdown import LOST_FORMATTING, from_html, from_markdown, from_text, images_in, to_html, with_images

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
FILES = {"@@PLUGINFILE@@/a b.png": "a b.png", "plan.pdf": "plan.pdf", "x.svg": "x.svg", "film.mp4": "film.mp4"}
TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em"),
    *("strong", "s", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}


def rendered(markdown: str) -> BeautifulSoup:
    return BeautifulSoup(RENDERER.render(markdown), "lxml")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p>\n<p>&nbsp;</p><p>two<br>three</p>", "One\n\ntwo  \nthree"),
        (
            "a <b>bold</b>, <i>slanted</i>, <u>underlined</u>, <s>gone</s>",
            "a **bold**, *slanted*, *underlined*, ~~gone~~",
        ),
        ("<b>Note:</b>this <span style='font-weight: bold'>too</span>", "**Note**:this **too**"),
        ("<b>a</b><b>b</b> c<b> </b>d", "**ab** c d"),
        ("<h2>A <em>title</em></h2><hr><blockquote><p>q</p></blockquote>", "## A *title*\n\n***\n\n> q"),
        ("<ul><li>a<ol start='3'><li>b</li><li>c</li></ol></li><li>d</li></ul>", "- a\n  3. b\n  4. c\n- d"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ("<ol><li><p>a</p><p>b</p></li></ol>", "1. a\n\n   b"),
        ("<pre><code>if a &lt; b:\n    f(`x`)</code></pre>", "```\nif a < b:\n    f(`x`)\n```"),
        ("<code>a`b</code> and <tt>c</tt>", "``a`b`` and `c`"),
        (
            "<table><tr><th>a|b</th><th>c</th></tr><tr><td>d</td><td>e<br>f</td></tr></table>",
            "| a\\|b | c |\n| --- | --- |\n| d | e f |",
        ),
        (
            "<table><tr><td rowspan='2'>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            "| a | b |\n| --- | --- |\n|  | c |",
        ),
        ("<table><tr><td><p>only</p></td></tr><tr><td>layout</td></tr></table>", "only\n\nlayout"),
        ("1. x<br># y<br>- z<br>&gt; w", "1\\. x  \n\\# y  \n\\- z  \n\\> w"),
        ("&lt;script&gt; 1 &lt; 2, a_b, _c_ 2*3 [d]", "\\<script> 1 < 2, a_b, \\_c\\_ 2\\*3 \\[d\\]"),
        ("x<sup>2</sup>, H<sub>2</sub>O, e<sup>x+y</sup>, 1<sup>st</sup>", "x², H₂O, e$^{x+y}$, 1st"),
        ("<a href='https://example.org/a b'>site</a>", "[site](https://example.org/a%20b)"),
        ("<a href='//example.org/x'>x</a><a href='#top'>top</a>", "[x](https://example.org/x)top"),
        ("<dl><dt>term</dt><dd>what it means</dd></dl>", "**term**\n\nwhat it means"),
    ],
)
def test_elements_become_their_markdown(html: str, markdown: str) -> None:
    assert from_html(html).text == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (r"if \(x_1 \neq 2\) then", r"if $x_1 \neq 2$ then"),
        (r"\[ \frac{a}{b} \]", r"$$\frac{a}{b}$$"),
        ("$$a_1*b_1*c$$ and $x^2$", "$$a_1*b_1*c$$ and $x^2$"),
        (r"\(a &lt; b\)", r"$a \lt b$"),
        ("It costs $5 or $6.", r"It costs \$5 or \$6."),
        ("It costs $5.", "It costs $5."),
        ("<script type='math/tex'>x^2</script>", "$x^2$"),
        (
            "<math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x_1</annotation></semantics></math>",
            "$x_1$",
        ),
        (r"<img src='https://m.example/filter/tex/pix.php/1.gif' alt='\alpha_1'>", r"$\alpha_1$"),
        ("<img class='equation_image' src='/eq/1' data-equation-content='a+b'>", "$a+b$"),
    ],
)
def test_formulas_survive(html: str, markdown: str) -> None:
    assert from_html(html).text == markdown


def test_pictures_and_files_of_the_package_are_named() -> None:
    html = (
        "<img src='@@PLUGINFILE@@/a b.png' alt='A [b]'> <a href='plan.pdf'>The plan</a> <img src='x.svg' alt='Drawing'>"
        "<video controls><source src='film.mp4'></video>"
    )
    converted = from_html(html, FILES.get)
    assert converted.text == r"![A \[b\]](image:a%20b.png) The plan Drawing"
    assert converted.images == ("a b.png",)
    assert set(converted.files) == {"plan.pdf", "film.mp4"}
    assert converted.losses == ("A picture is neither PNG, JPEG nor WebP.",)


@pytest.mark.parametrize(
    ("html", "left", "losses"),
    [
        ("a<script>alert(1)</script>b<style>p{}</style>", "ab", 1),
        ("<p onclick='x()' style='color:red'>a</p>", "a", 0),
        ("<a href='java\nscript:alert(1)'>a</a> <a href=' DATA:text/html,x'>b</a>", "a b", 1),
        ("<img src='data:image/png;base64,AAAA' alt='a'>", "a", 1),
        ("<img src='javascript:x' alt='a'>", "a", 1),
        ("<iframe src='https://video.example/1' title='A film'></iframe>", "[A film](https://video.example/1)", 1),
        ("<iframe src='javascript:alert(1)'></iframe>a", "a", 1),
        ("<svg><script>x</script></svg>a<form><input name='q'><button>go</button></form>", "a\n\ngo", 3),
        ("<img src='https://example.org/1.png' alt='Map'>", "[Map](https://example.org/1.png)", 1),
        ("a<!-- <b>c</b> --><![CDATA[d]]><?php e ?>", "a", 0),
        ("<template><img src=x onerror=y></template>a<noscript>b</noscript>", "ab", 0),
        (r"$\href{javascript:alert(1)}{x}](javascript:a)$", r"$\\href{javascript:alert(1)}{x}\](javascript:a)$", 0),
    ],
)
def test_what_would_run_is_left_out_and_said(html: str, left: str, losses: int) -> None:
    converted = from_html(html)
    assert converted.text == left
    assert len(converted.losses) == losses


NASTY = st.sampled_from(
    [
        *(
            "<",
            ">",
            "&",
            '"',
            "'",
            "`",
            "*",
            "_",
            "[",
            "]",
            "(",
            ")",
            "!",
            "#",
            "-",
            "+",
            "1.",
            "\\",
            "~",
            "|",
            "$",
            "$$",
        ),
        *(
            "\n",
            " ",
            "\t",
            "a",
            "b",
            "1",
            "é",
            "عر",
            "\x00",
            "\ud800",
            "&lt;",
            "&amp;",
            "&#60;",
            "&nbsp;",
            "<!--",
            "-->",
        ),
        *("<script>", "</script>", "javascript:", "data:text/html,", "](javascript:x)", "<img src=x onerror=alert(1)>"),
        *(
            "<a href='javascript:x'>",
            "</a>",
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            "<p>",
            "</p>",
            "<br>",
            "<ul>",
            "<li>",
            "</ul>",
        ),
        *(
            "<table>",
            "<tr>",
            "<td>",
            "<pre>",
            "</pre>",
            "<code>",
            "</code>",
            "<svg>",
            "<math>",
            "<style>",
            "]]>",
            r"\(",
        ),
        *(r"\)", "<iframe src=javascript:x>", "<a href='https://e.org'>", "<![CDATA[", "<title>", "<textarea>", "<h1>"),
        *("<sup>", "</sup>", "<img src='@@PLUGINFILE@@/a b.png'>", "[x]: javascript:y", "<https://e.org>", "=\n---"),
    ]
)
nasty = st.lists(NASTY, max_size=30).map("".join)


def safe(markdown: str) -> bool:
    page = rendered(markdown)
    for element in page.find_all(True):
        if element.name in ("html", "body"):
            continue
        links = [str(element.get(name, "")) for name in ("href", "src")]
        good = all(re.match(r"https?://|mailto:|image:|$", link) for link in links)
        if element.name not in TAGS or not good or set(element.attrs) - {"href", "src", "alt", "start", "class"}:
            return False
    return True


@given(nasty)
@settings(max_examples=300, deadline=None)
def test_whatever_html_says_nothing_runs(html: str) -> None:
    assert safe(from_html(html, FILES.get).text)


@given(nasty)
@settings(max_examples=300, deadline=None)
def test_whatever_markdown_says_nothing_runs(markdown: str) -> None:
    converted = from_markdown(markdown, FILES.get)
    assert safe(converted.text)
    assert from_markdown(converted.text).text == converted.text


@given(st.one_of(nasty, st.text()))
@settings(max_examples=300, deadline=None)
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    shown = rendered(from_text(text))
    expected = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text)
    if "$" not in text and r"\(" not in text and r"\[" not in text:
        assert words(shown.get_text()) == words(unicodedata.normalize("NFC", expected))


def words(text: str) -> str:
    return re.sub(r"\s+", "", text)


texts = st.text(st.sampled_from("ab1 .,:!?*_`[]()#-+<>&|~\\é"), min_size=1, max_size=12).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
)


def _element(name: str) -> Callable[[str], str]:
    return lambda inner: f"<{name}>{inner}</{name}>"


inlines = st.recursive(
    st.one_of(texts, st.just("<br>"), texts.map(lambda text: text.replace("\\", "")).map(_element("code"))),
    lambda inner: st.one_of(
        *(inner.map(_element(name)) for name in ("b", "i", "em", "strong", "del", "u", "span")),
        inner.map(lambda text: f"<a href='https://e.org/x_y'>{text}</a>"),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=6,
)
blocks = st.recursive(
    st.one_of(
        inlines.map(_element("p")),
        inlines.map(_element("h2")),
        inlines,
        texts.map(_element("pre")),
        st.just("<hr>"),
        st.lists(st.lists(inlines, min_size=2, max_size=2), min_size=1, max_size=3).map(
            lambda rows: (
                "<table>" + "".join(f"<tr>{''.join(map(_element('td'), row))}</tr>" for row in rows) + "</table>"
            )
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "<ul>" + "".join(map(_element("li"), items)) + "</ul>"),
        st.lists(inner, max_size=3).map(lambda items: "<ol>" + "".join(map(_element("li"), items)) + "</ol>"),
        inner.map(_element("blockquote")),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=8,
)


@given(blocks)
@settings(max_examples=300, deadline=None)
@example("<p><em><b>1</b>1<b>1</b></em></p>")
@example("<p><b><em>1</em>1<em>1</em></b></p>")
@example("<blockquote><b>1</b><i>:</i></blockquote>")
@example("<p><b>1:</b><i>x</i></p>")
@example("<p><b>1</b><s>:</s><i>x</i></p>")
@example("<p><b>1<br><br>1</b></p>")
def test_no_word_is_lost(html: str) -> None:
    assert words(rendered(from_html(html).text).get_text()) == words(BeautifulSoup(html, "lxml").get_text())


@given(blocks)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_markdown_shown_as_html_and_converted_again_stays(html: str) -> None:
    once = from_html(to_html(from_html(html).text, str)).text
    assert from_html(to_html(once, str)).text == once


MONSTROUS = [
    ("", "<div>", 50_000),
    ("<ol>", "<li>x", 50_000),
    ("", "<b>x", 20_000),
    ("<table>", "<tr><td rowspan=9999 colspan=9999>x", 2_000),
    ("", "*_`[", 100_000),
    ("", "$", 100_000),
    ("", r"\(", 100_000),
    ("", "<table><tr><td>", 3_000),
    ("", "&amp;", 100_000),
    ("<p>", "a<br>", 30_000),
    ("<p>", "<span>a</span> <br>", 4_000),
    ("", "<img src='data:image/png;base64,", 20_000),
]


def calls(html: str) -> int:
    """How many functions are called to convert a text, which a slow machine does not change."""
    count = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        from_html(html)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(("start", "piece", "number"), MONSTROUS, ids=[piece for _, piece, _ in MONSTROUS])
def test_a_text_of_twice_the_length_takes_twice_the_work(start: str, piece: str, number: int) -> None:
    from_html(start + piece * number)
    short, long = (calls(start + piece * (number // parts)) for parts in (40, 20))
    assert long < 2.5 * short + 1_000


def test_of_a_text_with_too_many_parts_the_words_remain() -> None:
    converted = from_html("<p>" + "<b>word</b><br>" * 6_000)
    assert (converted.text.count("word"), converted.losses) == (6_000, (LOST_FORMATTING,))


def test_markdown_stays_as_it_is_unless_it_holds_html() -> None:
    assert from_markdown("# A\n\n* b_c $x_1$\n").text == "# A\n\n* b_c $x_1$"
    assert from_markdown("a <b>c</b><script>x</script>").text == "a **c**"
    assert (
        from_markdown("![p](<@@PLUGINFILE@@/a b.png>)", {"@@PLUGINFILE@@/a%20b.png": "a"}.get).text == "![p](image:a)"
    )


def test_pictures_get_other_targets() -> None:
    text = r"x ![a \] b](image:a%20b.png) ![c](image:d.png)"
    assert list(images_in(text)) == ["a b.png", "d.png"]
    assert with_images(text, lambda name: f"@/{name[0]}") == r"x ![a \] b](@/a) ![c](@/d)"
