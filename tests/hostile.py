"""Hypothesis strategies for texts that try to break out of the exported file."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from digests.text.characters import normal_line
from digests.text.format import DigestDocument, Entry, Section, normal, normal_entry
from digests.text.format.errors import document_errors, entry_errors, text_errors
from digests.text.format.normal import normal_block

# Pieces that mean something to Markdown, YAML, a template language or a browser, and characters
# that look like nothing or like something else.
PIECES = [
    *"\\`*_~[](){}<>#+-.!|&^$%:;='\"/@,0129 aZ",
    *"中文他说的人，。：、！？“”‘’（）《》「」…—·￥％🤗❤️한あアé̀ñﬁ½",
    *"אبم‏‎\u200b\u200c\u200d\u2060\ufeff\u202e\u2066\u3000\xa0\x85\u2028\t\x00\x1b\x7f\ud800\ufffe",
    *["**", "**", "**", "***", "*", "~~", "__", "``", "`", "![", "](", ")", "](<", "]: ", "[^1]: "],
    *[
        "**“",
        "”**",
        "**（",
        "）**",
        "。**",
        "**《",
        "》**",
        "**$",
        "%**",
        "**`x`**",
        "**要点：**内",
    ],
    *["{{", "{%", "{#", "}}", "%}", "{{ x }}", "{{< x >}}", "{{% y %}}", "\\{{", "{\\{", "\\<b>"],
    *["<b>", "</b>", "<!--", "-->", "<script>", "<T>", "<br/>", "<?", "<https://example.org/a{{b>"],
    *["<a@example.org>", "https://example.org", "www.example.org", "a@example.org", "](x<b>)"],
    *[
        "&amp;",
        "&lt;",
        "&#35;",
        "&#42;",
        "&nbsp;",
        "&notin;",
        "&",
        "&#x4e2d;",
        "&#0;",
        "&#9999999;",
    ],
    *["&#20013;**", "**&#20013;", "&#97;**", "**&#98;**", "\\&#20013;**", "&#769;**", "&#8203;**"],
    *["[a](https://example.org)", "![i](/media/a.png)", '[a](u "<b>{{")', "[a](<u v>)", "[]()"],
    *["[x]", "[^1]", "- ", "1. ", "10. ", "1) ", "# ", "## ", "> ", "---", "===", "***", "***\n"],
    *[
        "\\",
        "\\\\",
        "  ",
        "    ",
        "\n",
        "\n\n",
        "\r\n",
        "null",
        "yes",
        "2025-06-10",
        "-宝玉",
        "-clem",
    ],
]
LINE_STARTS = [
    *["", "", "", "", " ", "  ", "   ", "    ", "     ", "        ", "\t", "\t\t", " \t", "\u3000"],
    *[
        "- ",
        "* ",
        "+ ",
        "1. ",
        "1.  ",
        "2. ",
        "10. ",
        "100. ",
        "1) ",
        "> ",
        ">",
        "> > ",
        "- - ",
        "-",
    ],
    *[
        "# ",
        "## ",
        "### ",
        "---",
        "***",
        "===",
        "```",
        "~~~",
        "````",
        "```py",
        "``` {{x}}",
        "    ```",
    ],
    *[
        "| a | b |",
        "|---|---|",
        "|",
        "| `|` | \\| ",
        "a | b",
        "--|--",
        ":-:|-",
        "[a]: /u",
        "[^1]: n",
    ],
    *["<div>", "<!--", "-->", "<script>", "&#35; ", "\\# ", "1\\. ", "[x] ", "- [ ] ", ": ", "$$"],
]

pieces = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
any_text = st.text(max_size=20)
lines = st.one_of(pieces, pieces, any_text, st.tuples(pieces, any_text, pieces).map("".join))
"""A one-line text as someone might enter or inject it: it may well hold line ends."""

_body_line = st.tuples(st.sampled_from(LINE_STARTS), st.one_of(st.just(""), pieces)).map("".join)
_nested = st.sampled_from(
    [
        "- a\n\n  - b\n\n    ```\n    c\n    ```\n- d",
        "1. a\n   - b\n     1. c\n\n        code\n2. d",
        "> q\n> > r\nlazy\n\n> ```\n> open",
        "| a | **“b”**中 |\n|:-:|---|\n| `x\\|y` | <b> {{ z }} |\n| &#20013;**（c）** |",
        "```\n---\n## x\n1.  [a](https://example.org)\n",
        "~~~~ {{< x >}}\n```\n\n    deep\n\t\ttabs\n~~~~",
        "\tcode\n\n\tmore\n\n-\tlist\n\n\tinside",
        "text\n---\n\ntext\n===\n\n***\n* * *",
        "他说**“引号”**文字，接近**100%**的用户\n读了**《书名》**后~~（删）~~了",
        "中**文**。**“a”**b**“c”**d**“e”**f",
        "[a]: https://example.org\n\n[a]",
        "- - - - - - deep\n\n> > > > > > > > deeper",
    ]
)
bodies = st.one_of(
    st.just(""),
    lines,
    st.lists(_body_line, min_size=1, max_size=9).map("\n".join),
    st.lists(st.one_of(_body_line, _nested, st.just("")), max_size=5).map("\n".join),
)

urls = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "https://x.com/somebody_x/status/1932079865001623747",
            "https://example.org/a_(b)_*c*?q=1&copy;=2&lt;#~`|",
            "HTTPS://例子.example.org/路径 x\\y",
            "http://[::1]:8080/{{a}}/%41%zz",
            "javascript:alert(1)",
            "/media/x.png",
            "https://",
            "https://user:pw@example.org/",
            "https://example.org/\x00",
            " https://example.org/ ",
        ]
    ),
    pieces.map("https://example.org/{}".format),
)
bylines = st.one_of(
    st.just(""), st.sampled_from(["宝玉", "clem 🤗", "a-b", "b", "Jean-Luc Exemple"]), lines
)
entries = st.builds(Entry, headline=lines, byline=bylines, url=urls, body=bodies)

_dates = st.builds(
    datetime.replace,
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),
    tzinfo=st.one_of(
        st.just(UTC),
        st.just(timezone(timedelta(hours=8))),
        st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    ),
)
_values = st.one_of(st.booleans(), lines)


def _documents(
    line: st.SearchStrategy[str],
    intro: st.SearchStrategy[str],
    entry: st.SearchStrategy[Entry],
    category: st.SearchStrategy[str],
    keys: list[str],
    fewest: int,
) -> st.SearchStrategy[DigestDocument]:
    some_entries = st.lists(entry, min_size=fewest, max_size=4).map(tuple)
    unnamed = st.builds(Section, entries=some_entries)
    named = st.builds(Section, heading=line, intro=intro, entries=some_entries)
    return st.builds(
        DigestDocument,
        title=line,
        date=_dates,
        categories=st.lists(category, max_size=3).map(tuple),
        intro=intro,
        sections=st.tuples(st.one_of(unnamed, named), st.lists(named, max_size=2)).map(
            lambda parts: (parts[0], *parts[1])
        ),
        outro=intro,
        extra=st.lists(
            st.tuples(st.sampled_from(keys), _values), max_size=2, unique_by=lambda pair: pair[0]
        ).map(tuple),
    )


def _is_writable(entry: Entry) -> bool:
    codes = {error.code for error in entry_errors(normal_entry(entry))}
    return codes <= {"address-in-headline"}


def _has_no_errors(document: DigestDocument) -> bool:
    return not any(document_errors(normal(document)))


_some_lines = lines.filter(normal_line)
_writable_entries = st.builds(
    Entry, headline=_some_lines, byline=bylines, url=urls, body=bodies
).filter(_is_writable)
_writable_intros = bodies.filter(
    lambda text: not any(text_errors(normal_block(text), "", is_intro=True))
)

documents = _documents(lines, bodies, entries, lines, ["layout", "no", "a b", "title"], 0)
"""Documents of which most are refused."""

writable_documents = _documents(
    _some_lines,
    _writable_intros,
    _writable_entries,
    lines.map(lambda text: text.replace("/", "")),
    ["layout", "templateEngineOverride", "render_with_liquid"],
    1,
)
"""Documents that a file could hold, and as hostile as that allows; a few are refused, because
readers would lose something."""

accepted_documents = writable_documents.filter(_has_no_errors)
"""Those of them that are not refused."""
