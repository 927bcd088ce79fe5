"""Parsing the text of a file: strict about structure, so that nothing is half-imported."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from digests.text.characters import normal_line
from digests.text.finding import N_, Finding
from digests.text.format.errors import MAX_ITEMS, document_errors, ends_in_address
from digests.text.format.front_matter import read_front_matter
from digests.text.format.nodes import DigestDocument, Entry, FormatError, Section
from digests.text.format.normal import normal
from digests.text.markdown.blocks import open_fence
from digests.text.markdown.comments import comment_lines, has_comment
from digests.text.markdown.html import MAX_BODY, PLAIN

MAX_FILE = 2_000_000
"""The longest file in characters."""
MAX_GUESS = 200
"""The longest byline that is split off a label without being known: what a story has room for."""
_MAX_LINE_OF_FILE = 40_000  # more than the longest headline, byline and address can need

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ITEM = re.compile(r"([0-9]{1,9})\. {1,3}(?! )(.*)")
_FIRST_ITEM = re.compile(r"1\. ")
_HEADING = re.compile(r"## +(.*)")
_OUTRO = re.compile(r"--- *")
_EXAMPLE = "1.  [Headline-Byline](https://example.org/story)"
_COMMENT = N_(
    "Readers would see this comment as text: delete it, or put it into code if it is to be seen."
)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The normal document of a file, and whether its front matter says that it is a draft."""

    document: DigestDocument
    is_draft: bool


def parse(text: str, bylines: Sequence[str] = ()) -> DigestDocument:
    """Read a file of the format and return its normal document: see `parse_file`."""
    return parse_file(text, bylines).document


def parse_file(text: str, bylines: Sequence[str] = (), *, guesses: bool = True) -> ParsedFile:
    """Read a file of the format.

    `bylines` are those of known sources: where one ends a label, it is split off; else the label is
    split at its last hyphen if `guesses`, unless white space is beside it or what follows is too
    long. Raises `FormatError` with the line of the file, and the item, for anything that is not in
    the format.
    """
    if len(text) > MAX_FILE:
        raise FormatError(N_("The file is longer than %(most)d characters."), most=MAX_FILE)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    if control := _CONTROL.search(text):
        raise FormatError(
            N_("The file contains the control character U+%(code)04X."),
            line=text.count("\n", 0, control.start()) + 1,
            code=ord(control[0]),
        )
    return _Reader(text.split("\n"), bylines, guesses=guesses).file()


def first_difference(old: str, new: str) -> int | None:
    """Return the number, from 1, of the first line in which two texts differ."""
    if old == new:
        return None
    pairs = zip(old.split("\n"), new.split("\n"), strict=False)
    equal = (number for number, (before, after) in enumerate(pairs, 1) if before != after)
    return next(equal, min(old.count("\n"), new.count("\n")) + 2)


class _Reader:
    """Reads the lines of a file once, in order; `at` is the current line, from 0."""

    def __init__(self, lines: list[str], bylines: Sequence[str], *, guesses: bool) -> None:
        self.lines = lines
        self.guesses = guesses
        self.bylines = sorted(filter(None, bylines), key=len, reverse=True)
        self.at = 0
        self.items = 0
        # (field, section, item) -> the line on which its text begins, also for the one-line values
        # of the front matter.
        self.starts: dict[tuple[str, int | None, int | None], int] = {
            (field, None, None): line
            for line, field in enumerate(("title", "date", "categories"), 1)
        }

    def file(self) -> ParsedFile:
        front = read_front_matter(self.lines)
        self.at = front.lines
        intro = self.free_text("intro")
        sections: list[Section] = []
        while not self.at_end() and not _OUTRO.fullmatch(self.lines[self.at]):
            sections.append(self.section(len(sections) + 1))
        if not sections:
            self.at = min(self.starts["intro", None, None], len(self.lines) - 1)
            raise self.error(
                N_(
                    "There is no story here: a digest needs at least one, in a numbered list after"
                    " the front matter and the intro. A story is a line such as %(example)s."
                ),
                example=_EXAMPLE,
            )
        document = normal(
            DigestDocument(
                title=front.title,
                date=front.date,
                categories=front.categories,
                intro=intro,
                sections=tuple(sections),
                outro=self.outro(),
                extra=front.extra,
            )
        )
        for finding in document_errors(document):
            raise self.error_of(finding)
        return ParsedFile(document, front.is_draft)

    def section(self, number: int) -> Section:
        heading = intro = ""
        if match := _HEADING.fullmatch(self.lines[self.at]):
            self.starts["heading", number, None] = self.at
            heading = self.plain_text(_without_closing_hashes(match[1]))
            if not heading:
                raise self.error(N_("This heading is empty."))
            self.at += 1
            intro = self.free_text("section_intro", number)
        entries: list[Entry] = []
        while not self.at_end():
            line = self.lines[self.at]
            # The marker alone fills four columns: some writers leave no space after it.
            if len(entries) == MAX_ITEMS and line.startswith(f"{MAX_ITEMS + 1}."):
                self.items += 1
                raise self.error(N_("A list holds at most %(most)d stories."), most=MAX_ITEMS)
            if not (match := _ITEM.fullmatch(line)):
                break
            self.items += 1
            if int(match[1]) != len(entries) + 1:
                message = N_("Story number %(number)s is out of order.")
                raise self.error(message, number=match[1])
            entries.append(self.entry(number, match[2]))
        if not heading and not entries:
            if has_comment(self.lines[self.at]):
                raise self.error(_COMMENT)
            raise self.error(N_("This line belongs to no story: indent its text by four spaces."))
        return Section(heading, intro, tuple(entries))

    def entry(self, section: int, raw: str) -> Entry:
        text, url = self.label(raw)
        headline, byline = self.split(normal_line(text), is_link=bool(url))
        self.starts["", section, self.items] = self.at
        self.at += 1
        start = self.at
        while not self.at_end() and (self.is_blank() or self.lines[self.at].startswith("  ")):
            self.at += 1
        lines = self.lines[start : self.at]
        if not self.at_end() and not self.is_blank(self.at - 1):
            raise self.error(N_("A blank line is missing before this line."))
        if lines and lines[0].strip(" \t"):
            self.at = start
            raise self.error(N_("A blank line is missing before this line."))
        blank = next((n for n, line in enumerate(lines) if line.strip(" \t")), len(lines))
        self.starts["body", section, self.items] = start + blank
        body = _dedented(lines[blank:])
        self.refuse_comment(body, start + blank)
        return Entry(headline, byline, url, body)

    def outro(self) -> str:
        if self.at_end():
            return ""
        if not self.is_blank(self.at - 1):
            raise self.error(N_("A blank line is missing before this line."))
        self.at += 1
        self.skip_blank()
        self.starts["outro", None, None] = self.at
        outro = "\n".join(self.lines[self.at :])
        self.refuse_comment(outro, self.at)
        return outro

    def free_text(self, field: str, section: int | None = None) -> str:
        """Read Markdown up to the list or heading that ends it, outside any code fence."""
        self.skip_blank()
        start = at = self.at
        self.starts[field, section, None] = start
        while True:
            rest = range(at, len(self.lines))
            self.at = next((n for n in rest if self.ends(n, start)), len(self.lines))
            text = "\n".join(self.lines[at : self.at])
            fence = open_fence(text) if len(text) <= MAX_BODY else None
            if fence is None or fence.in_list:
                break
            rest = range(self.at, len(self.lines))
            closing = next((n for n in rest if fence.closed_by(self.lines[n])), None)
            if closing is None:
                break
            at = closing + 1
        text = "\n".join(self.lines[start : self.at])
        self.refuse_comment(text, start)
        return text

    def refuse_comment(self, text: str, start: int) -> None:
        """Refuse a comment in a Markdown text that begins on the line `start`: what other programs
        hide would be text here."""
        if len(text) > MAX_BODY:
            return  # it is refused, and is too long to be parsed
        for line in comment_lines(text):
            self.at = start + line
            raise self.error(_COMMENT)

    def ends(self, number: int, start: int) -> bool:
        line = self.lines[number]
        is_structure = _FIRST_ITEM.match(line) or _HEADING.fullmatch(line)
        return bool(is_structure) and (number == start or self.is_blank(number - 1))

    def label(self, raw: str) -> tuple[str, str]:
        """Return the text and the address ("" if none) of an item's first line."""
        children = self.inline_tokens(raw)
        opening = children[0] if children else None
        if opening is None or opening.type != "link_open":
            if raw.startswith("["):
                raise self.error(N_("The link of this story cannot be read."))
            return self.plain_text(raw), ""
        if children[-1].type != "link_close" or set(opening.attrs) != {"href"}:
            raise self.error(N_("A story’s first line must be one link without a title."))
        texts = children[1:-1]
        if any(child.type != "text" for child in texts):
            raise self.error(N_("A headline is plain text, without bold, code or images."))
        return "".join(child.content for child in texts), str(opening.attrs["href"])

    def plain_text(self, raw: str) -> str:
        children = self.inline_tokens(raw)
        if any(child.type != "text" for child in children):
            raise self.error(N_("This line is plain text, without bold, code, links or images."))
        return "".join(child.content for child in children)

    def inline_tokens(self, raw: str) -> list[Token]:
        if len(raw) > _MAX_LINE_OF_FILE:
            raise self.error(N_("The line is too long."))
        if has_comment(raw):
            raise self.error(_COMMENT)
        return PLAIN.parseInline(raw.strip(" \t"))[0].children or []

    def split(self, text: str, *, is_link: bool) -> tuple[str, str]:
        def may_be(headline: str) -> bool:
            # With a space before the hyphen the label could not be written back unchanged. And a
            # hyphen in an address that is no link separates nothing.
            is_clean = bool(headline) and headline == headline.strip()
            return is_clean and (is_link or not ends_in_address(headline))

        for byline in self.bylines:
            headline = text.removesuffix(f"-{byline}")
            if headline != text and may_be(headline):
                return headline, byline
        headline, _, byline = text.rpartition("-")
        is_guess = self.guesses and 0 < len(byline) <= MAX_GUESS and byline == byline.strip()
        return (headline, byline) if is_guess and may_be(headline) else (text, "")

    def at_end(self) -> bool:
        return self.at >= len(self.lines)

    def is_blank(self, number: int | None = None) -> bool:
        return not self.lines[self.at if number is None else number].strip(" \t")

    def skip_blank(self) -> None:
        while not self.at_end() and self.is_blank():
            self.at += 1

    def error(self, message: str, **params: str | int) -> FormatError:
        return FormatError(message, line=self.at + 1, item=self.items or None, **params)

    def error_of(self, finding: Finding) -> FormatError:
        """Turn an error of the document into one with the line of the file that it is about."""
        place = (finding.section, finding.item)
        start = self.starts.get((finding.field, *place), self.starts.get(("", *place), 0))
        line = start + (finding.line or 1)
        return FormatError(finding.message, line=line, item=finding.item, **finding.params)


def _without_closing_hashes(heading: str) -> str:
    bare = heading.rstrip(" ").rstrip("#")
    return bare if not bare or bare.endswith(" ") else heading


def _dedented(lines: list[str]) -> str:
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" \t")]
    indent = min([4, *indents])
    return "\n".join(line[indent:] for line in lines)
