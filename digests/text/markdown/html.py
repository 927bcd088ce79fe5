"""Rendering Markdown as safe HTML, the only place in the project that marks text as safe."""

import logging
import re
from collections.abc import Sequence
from unicodedata import east_asian_width

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import isWhiteSpace
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token

from digests.text.markdown.scanning import InlineParser

# It logs six messages about every line at every depth, which alone takes seconds.
logging.getLogger("markdown_it").setLevel(logging.INFO)

MAX_BODY = 20_000
"""The longest body in characters: one bound for form, preview, API and import."""

MAX_QUOTES = 5
"""How deep quotes nest; a deeper mark is text."""

MAX_LISTS = 6
"""How deep lists nest; a deeper mark is text."""

MIN_CELLS = 1_000
"""The table cells that even a short text may have."""

_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]")
# Wide characters that show as emoji: the symbol blocks below the CJK radicals and above U+1F000,
# less the text symbols among them.
_EMOJI = re.compile(
    "(?![\u2329\u232a\u2630-\u2637\u268a-\u268f\U0001f200\U0001f202\U0001f210-\U0001f219"
    "\U0001f21b-\U0001f22e\U0001f230\U0001f231\U0001f237\U0001f23b-\U0001f248\U0001f260-\U0001f265])"
    "[\u2300-\u2e7f\U0001f000-\U0001faff]"
)
_VARIATION = re.compile("[\ufe00-\ufe0e]")
_IDEOGRAPHIC_VARIATION = re.compile("[\U000e0100-\U000e01ef]")
_CLOSES = frozenset("”’)]")
_FULL_WIDTH_QUOTE = re.compile("[\u2018\u2019\u201c\u201d]\ufe01")


def _is_cjk(character: str) -> bool:
    width = east_asian_width(character)
    if width == "W":
        return not _EMOJI.match(character)
    return width in "FH" or _HANGUL.match(character) is not None


def _ends_cjk(text: str) -> bool:
    """Whether text ends in a CJK character, with or without a variation selector after it."""
    if _VARIATION.match(text[-1]) and len(text) > 1:
        return _is_cjk(text[-2]) or _FULL_WIDTH_QUOTE.match(text[-2:]) is not None
    return _is_cjk(text[-1]) or _IDEOGRAPHIC_VARIATION.match(text[-1]) is not None


class _FriendlyState(StateInline):
    """Parser state in which `*` and `~` open and close beside Chinese, Japanese and Korean
    punctuation.

    CommonMark decides by white space, which these scripts do not put around words, so it leaves
    `**要点：**内容` as it is. The rule is the draft of github.com/tats-u/markdown-cjk-friendly, and
    one thing more: `**“文心”**OpenAI` is bold, though no Chinese stands beside its last marks.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        # `_` never splits a word: __init__ between Chinese characters stays as it is.
        if not canSplitWord or start == 0 or end >= self.posMax:
            return scanned
        if isWhiteSpace(ord(self.src[start - 1])) or isWhiteSpace(ord(self.src[end])):
            return scanned
        if _is_cjk(self.src[end]) or _ends_cjk(self.src[max(start - 2, 0) : start]):
            return Scanned(can_open=True, can_close=True, length=scanned.length)
        # No emphasis needs a longer run, and every length costs a search of its own.
        if scanned.can_close or scanned.length > 3 or self.src[start - 1] not in _CLOSES:
            return scanned
        opening = self.src.rfind(self.src[start:end], 0, start)
        holds_cjk = opening >= 0 and any(map(_is_cjk, self.src[opening:start]))
        return Scanned(scanned.can_open, holds_cjk, scanned.length)


def _shallow(rule: RuleFuncBlockType, kind: str, most: int) -> RuleFuncBlockType:
    """Limit the nesting of quotes or lists.

    Every level of quotes looks at every line, and past 20 levels markdown-it loses the text.
    """

    def shallow(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
        # Silent mode only tests whether a paragraph ends here, as it does at the next item.
        if silent:
            return rule(state, startLine, endLine, silent)
        depth = state.env.get(kind, 0)
        if depth == most:
            return False
        state.env[kind] = depth + 1
        found = rule(state, startLine, endLine, silent)
        state.env[kind] = depth
        return found

    return shallow


def _bounded_table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """Let the tables of a text hold one cell for every two characters; further rows are text.

    A row is filled up to the width of its header, so short rows under wide headers would grow
    without bound. Cells that are written out have at least a character and a bar each.
    """
    if silent or startLine + 2 > endLine:
        return table(state, startLine, endLine, silent)
    delimiters = startLine + 1
    row = state.src[state.bMarks[delimiters] : state.eMarks[delimiters]].strip(" \t|")
    width = row.count("|") + 1
    cells = state.env.setdefault("cells", MIN_CELLS + len(state.src) // 2)
    end = min(endLine, delimiters + cells // width)
    if not table(state, startLine, end, silent):
        return False
    state.env["cells"] = cells - width * (state.line - delimiters)
    return True


class _Parser(MarkdownIt):
    inline: InlineParser

    def inline_html(self, source: str) -> str:
        """The HTML of an inline source, from the tokens that are kept of it."""
        whole = Token("inline", "", 0, children=self.inline.tokens(source))
        return str(self.renderer.render([whole], self.options, {}))


def _parser(state: type[StateInline]) -> _Parser:
    parser = _Parser()
    parser.inline = InlineParser(state)
    parser.configure("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline"])  # they only look at "html" and cost a fifth
    rules = parser.block.ruler
    rules.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    beside = ["paragraph", "reference", "blockquote"]
    rules.at("blockquote", _shallow(blockquote, "quotes", MAX_QUOTES), {"alt": [*beside, "list"]})
    rules.at("list", _shallow(list_block, "lists", MAX_LISTS), {"alt": beside})
    parser.inline.prepare(parser)
    # The rule chains are compiled at first use, which two threads must not do at once.
    parser.render("*one*\n\n> two")
    return parser


PLAIN = _parser(StateInline)
"""What the target sites' CommonMark engines do."""

FRIENDLY = _parser(_FriendlyState)
"""The same with Chinese, Japanese and Korean emphasis: what our own pages show."""

_CLEANER = nh3.Cleaner(
    tags=set(
        ["p", "br", "hr", "a", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"]
        + ["h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "img"]
    ),
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "code": {"class"},
        "ol": {"start"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow ugc",
)


class SafeHTML(str):
    """HTML that templates insert unescaped (Django and MarkupSafe call `__html__`).

    A plain string otherwise: joined, sliced or stored it loses the mark.
    """

    __slots__ = ()

    def __html__(self) -> str:
        return self


def to_html(text: str) -> SafeHTML:
    """Render Markdown as HTML that is safe on any page, whoever wrote the text."""
    tokens = FRIENDLY.parse(text)
    _lower_headings(tokens)
    return SafeHTML(_CLEANER.clean(FRIENDLY.renderer.render(tokens, FRIENDLY.options, {})))


def stored_html(text: str) -> SafeHTML:
    """Mark HTML that `to_html` produced earlier and the database gave back."""
    return SafeHTML(text)


def _lower_headings(tokens: Sequence[Token]) -> None:
    # The page's title is its only h1.
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
