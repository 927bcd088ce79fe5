"""Whatever someone types, the HTML is harmless and quickly made."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.text.markdown.html import MAX_BODY, to_html
from tests.cost import cpu_seconds

TAGS = {
    *("p", "br", "hr", "a", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "img"),
}
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title"},
    "code": {"class"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto"}


class Findings(HTMLParser):
    """Everything in a piece of HTML that is not on the list above."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()):
                self.found.append(f"<{tag} {name}>")
            if name in ("href", "src"):
                # Browsers drop white space and control characters in a scheme.
                address = re.sub(r"[\x00-\x20]", "", value or "")
                scheme = re.match(r"([a-z][a-z0-9+.-]*):", address, re.IGNORECASE)
                if scheme and scheme[1].lower() not in SCHEMES:
                    self.found.append(f"{name}={value}")
            if name == "class" and not (value or "").startswith("language-"):
                self.found.append(f"class={value}")
        if tag == "a" and ("rel", "noopener noreferrer nofollow ugc") not in attrs:
            self.found.append("<a> without rel")

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.found.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.found.append("processing instruction")

    def unknown_decl(self, data: str) -> None:
        self.found.append("unknown declaration")


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>a</p>",
        '<p style="color:red">a</p>',
        '<a rel="noopener noreferrer nofollow ugc" href="java&#9;script:alert(1)">a</a>',
        '<a href="https://example.org/">a</a>',
        '<img src="data:image/png;base64,AA==">',
        '<code class="admin-button">a</code>',
        "<!-- a -->",
        "<?php a ?>",
        "<!DOCTYPE html>",
    ],
)
def test_the_check_of_these_tests_sees_what_is_not_allowed(html: str) -> None:
    assert Findings(html).found


PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//example.org/x.js></sCrIpT>",
    "<script\n>alert(1)</script\n>",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=`x` onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></table><mglyph><style><!--</style><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=data:text/html,<script>alert(1)</script>>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>a</button></form>",
    "<button formaction=javascript:alert(1)>a</button>",
    "<a href=javascript:alert(1)>a</a>",
    "<base href=//example.org/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<style>@import '//example.org/x.css';</style>",
    "<div style=background:url(javascript:alert(1))>a</div>",
    "<details open ontoggle=alert(1)>a</details>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<!-- --><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x6A&#x61vascript:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](javascript&#58;alert(1))",
    "[a](\x01javascript:alert(1))",
    "[a](<\x0bjavascript:alert(1)>)",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](file:///etc/passwd)",
    "[a](blob:https://example.org/1)",
    "[a](x-unknown:1)",
    "[a]: javascript:alert(1)\n\n[a]",
    "[a]: <data:text/html,x>\n\n![a]",
    '[a](https://example.org/ "\\"onmouseover=alert(1) b=\\"")',
    '[a](https://example.org/"onmouseover=alert(1))',
    "[a](<https://example.org/'\"><script>alert(1)</script>>)",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![a](data:image/png;base64,AA==)",
    '![a" onerror="alert(1)](x)',
    '![a](x "b\\" onerror=alert(1) c=\\"")',
    "![<script>alert(1)</script>](x)",
    "[<script>alert(1)</script>](x)",
    "[![a](javascript:1)](javascript:2)",
    "<javascript:alert(1)>",
    "<data:text/html,a>",
    "<x-unknown:alert(1)>",
    '<https://example.org/"onclick=alert(1)>',
    '```" onclick="alert(1)\na\n```',
    "```a><script>alert(1)</script>\nb\n```",
    '``` "style=x"\n```',
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "|a|\n|:-:|\n|<script>alert(1)</script>|",
    '|a" style="x|\n|:-:|\n|b|',
    "# <script>alert(1)</script>",
    "**<script>**alert(1)</script>",
    "*<img src=x* onerror=alert(1)>",
    "~~<svg onload=~~alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "<a\x00 href=javascript:alert(1)>a</a>",
    "<scr\x00ipt>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<p id=x class=y>a</p>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("frame", ["{}", "中**{}**文", "> - {}", "a\n\n{}\n\nb"])
def test_a_hostile_text_is_harmless(payload: str, frame: str) -> None:
    assert Findings(to_html(frame.format(payload.replace("\n", "\n  ")))).found == []
    assert Findings(to_html(frame.format(payload))).found == []


PIECES = [*PAYLOADS, *"<>\"'`()[]!*_~|&;:=\\/\n\t \x00中。", "](", "![", "<a ", "on", "javascript:"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join))
@settings(max_examples=200)
def test_no_mixture_of_hostile_texts_is_dangerous(text: str) -> None:
    assert Findings(to_html(text)).found == []


SIZE = 10_000


def repeat(*units: str) -> str:
    """Return as many of each unit as share SIZE characters."""
    size = SIZE // len(units)
    return "".join((unit * (size // len(unit) + 1))[:size] for unit in units)


def rising(unit: str, separator: str) -> str:
    """Return runs of one, two, three... units, SIZE characters in all."""
    return separator.join(unit * n for n in range(1, int((2 * SIZE) ** 0.5)))[:SIZE]


def wide_table(width: int) -> str:
    """Return a table whose one-character rows are filled up to the width of the header."""
    return "|a" * width + "\n" + "|-" * width + "\n" + "b\n" * (2 * width)


SHAPES: dict[str, Callable[[], str]] = {
    "open brackets": lambda: repeat("["),
    "nested brackets": lambda: repeat("[", "]"),
    "open images": lambda: repeat("!["),
    "image starts": lambda: repeat("![]("),
    "nested images": lambda: repeat("![", "](a)"),
    "link starts": lambda: repeat("[a](<b"),
    "open link title": lambda: '[a](b "' + repeat("\\("),
    "links": lambda: repeat("[a](b)"),
    "lines of open brackets": lambda: repeat("[a\n"),
    "link definitions": lambda: repeat("[a]: b\n", "[a][a]"),
    "open definitions": lambda: repeat("[\n"),
    "a long definition used often": lambda: "[a]: " + repeat("x", "\n\n[a]"),
    "mixed emphasis": lambda: repeat("*a **b"),
    "stars and underscores": lambda: repeat("a_*b**c~~"),
    "many emphases": lambda: repeat("a**b c*"),
    "unbalanced emphasis": lambda: repeat("**x *y ", "z** "),
    "Chinese emphasis": lambda: repeat("中**。"),
    "Chinese mixed emphasis": lambda: repeat("*中 **文***。"),
    "Chinese strikethrough": lambda: repeat("。~~中"),
    "rising runs of stars": lambda: rising("*", "。"),
    "tildes": lambda: repeat("~~a "),
    "backticks": lambda: repeat("`"),
    "rising runs of backticks": lambda: rising("`", "a"),
    "nested quotes": lambda: repeat(">"),
    "lazy lines under nested quotes": lambda: ">" * 20 + repeat("a\n"),
    "nested lists": lambda: repeat("- "),
    "quotes in lists in quotes": lambda: repeat("> - 1. "),
    "deepening list": lambda: "".join("  " * n + "- a\n" for n in range(100))[:SIZE],
    "loose list": lambda: repeat("- a\n\n"),
    "table rows": lambda: "|a|b|\n|-|-|\n" + repeat("|1|2|\n"),
    "one wide table": lambda: wide_table(1200),
    "short rows under a wide header": lambda: (wide_table(60) + repeat("b\n"))[:SIZE],
    "many wide tables": lambda: ((wide_table(70) + "\n") * 20)[:SIZE],
    "table heads": lambda: repeat("a|b\n-|-\n"),
    "pipes": lambda: repeat("|"),
    "less than": lambda: repeat("<"),
    "open comments": lambda: repeat("<!--"),
    "open tag": lambda: "<a " + repeat("b=c "),
    "autolinks": lambda: repeat("<http://a>"),
    "ampersands": lambda: repeat("&"),
    "entities": lambda: repeat("&NotEqualTilde;"),
    "fences": lambda: repeat("```\n"),
    "headings": lambda: repeat("a\n=\n"),
    "rules": lambda: repeat("- ") + "a",
    "backslashes": lambda: repeat("\\"),
    "spaces": lambda: "a" + repeat(" ") + "b",
    "lines": lambda: repeat("a\n"),
    "international hosts": lambda: repeat("[a](http://中文.中)"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_hostile_shape_takes_half_a_second(shape: str) -> None:
    text = SHAPES[shape]()
    assert SIZE / 2 <= len(text) <= MAX_BODY
    assert cpu_seconds(lambda: to_html(text)) < 0.5


def test_a_debug_log_does_not_slow_rendering(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        to_html("> a\n\n- b")
    assert caplog.records == []


@pytest.mark.parametrize("shape", ["one wide table", "many wide tables"])
def test_short_rows_do_not_blow_up_the_page(shape: str) -> None:
    text = SHAPES[shape]()
    assert len(to_html(text)) < 20 * len(text)
