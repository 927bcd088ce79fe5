"""The normal form of a document, which the exported file can hold and give back unchanged."""

import re
from datetime import datetime, timezone
from operator import itemgetter

from digests.text.characters import normal_line, normal_lines
from digests.text.format.nodes import DigestDocument, Entry, Section
from digests.text.markdown.blocks import open_fence
from digests.text.markdown.emphasis import readable
from digests.text.markdown.html import MAX_BODY
from digests.text.markdown.inline import rewrite, scan
from digests.text.urls import safe_url

_BRACES = r"\{{2,}|\{(?=[%#])"
_ESCAPED_BRACE = r"\\\{(?=[{%#])"
_ESCAPED_OTHER = r"(?P<other>\\[!-/:-@\[-`{-~])"
_TAG = r"<(?=[A-Za-z/!?])"
# A failed link or definition of <address: with its < as a reference it would become a real one.
_FAILED_LINK = rf"(?<=\])[(:](?=\s*\\?{_TAG})"
_IN_DESTINATION = re.compile(f"{_BRACES}|{_ESCAPED_BRACE}|{_ESCAPED_OTHER}")
# A line that begins like this makes the line before it a term in a definition list.
_DEFINITION = r"(?m:^):(?=[ \t])"
_IN_TEXT = re.compile(rf"\\?{_TAG}|{_FAILED_LINK}|{_DEFINITION}|{_IN_DESTINATION.pattern}")
_IN_AUTOLINK = re.compile(_BRACES)
_MAY_NEED_ESCAPES = re.compile(r"[<{]|^[^\w\n]*:[ \t]", re.MULTILINE)


def normal(document: DigestDocument) -> DigestDocument:
    """Return the document in normal form; what cannot be written stays, and is refused later.

    Idempotent; never raises. Texts change only where they look the same: see `normal_block`.
    """
    sections = tuple(normal_section(section) for section in document.sections)
    categories = (normal_line(category) for category in document.categories)
    return DigestDocument(
        title=normal_line(document.title),
        date=_normal_date(document.date),
        categories=tuple(dict.fromkeys(filter(None, categories))),
        intro=normal_block(document.intro),
        sections=tuple(section for section in sections if section != Section()),
        outro=normal_block(document.outro),
        extra=tuple(
            (normal_line(key), normal_line(value) if isinstance(value, str) else value)
            for key, value in document.extra
        ),
    )


def normal_section(section: Section) -> Section:
    return Section(
        heading=normal_line(section.heading),
        intro=normal_block(section.intro),
        entries=tuple(normal_entry(entry) for entry in section.entries),
    )


def normal_entry(entry: Entry) -> Entry:
    return Entry(
        headline=normal_line(entry.headline),
        byline=normal_line(entry.byline),
        url=_normal_url(entry.url),
        body=normal_body(entry.body),
    )


def normal_block(text: str) -> str:
    """Return Markdown without what some site generator would run or drop.

    Raw HTML and template braces outside code become references; references beside emphasis become
    letters again.
    """
    text = normal_lines(text)
    if len(text) > MAX_BODY:
        return text  # it is refused, and is too long to be parsed
    text = readable(text)  # which may uncover a tag
    return rewrite(text, escaped_html) if _MAY_NEED_ESCAPES.search(text) else text


def normal_body(text: str) -> str:
    """Return the normal block, with any open code fence closed that would swallow the next item."""
    text = normal_block(text)
    fence = open_fence(text) if len(text) <= MAX_BODY else None
    return f"{text}\n{fence.markup}" if fence and not fence.in_list else text


def escaped_html(content: str) -> str:
    """Escape raw HTML, template braces and the like in an inline source, except in code."""
    found = scan(content)
    spans: list[tuple[int, int, re.Pattern[str] | None]]
    spans = [(start, end, _IN_DESTINATION) for start, end in found.destinations]
    spans += [(start, end, _IN_AUTOLINK) for start, end in found.autolinks]
    spans += [(start, end, None) for start, end in found.code]
    parts = []
    at = 0
    for start, end, pattern in sorted(spans, key=itemgetter(0)):
        parts += [_escaped(content, at, start, _IN_TEXT), _escaped(content, start, end, pattern)]
        at = end
    return "".join([*parts, _escaped(content, at, len(content), _IN_TEXT)])


def _escaped(content: str, start: int, end: int, pattern: re.Pattern[str] | None) -> str:
    if pattern is None:
        return content[start:end]
    parts = []
    for match in pattern.finditer(content, start, end):
        parts += [content[start : match.start()], _reference(match)]
        start = match.end()
    return "".join([*parts, content[start:end]])


def _reference(match: re.Match[str]) -> str:
    source = match[0]
    if match.re is _IN_AUTOLINK:
        return "%7B" * len(source)
    if match["other"]:
        return source
    if source.endswith("{"):
        return "&#123;" * source.count("{")
    return "&lt;" if source.endswith("<") else f"&#{ord(source)};"


def _normal_date(date: datetime) -> datetime:
    offset = date.utcoffset()
    fixed = timezone(offset) if offset is not None else None
    return date.replace(microsecond=0, tzinfo=fixed)


def _normal_url(url: str) -> str:
    url = url.strip()
    try:
        return safe_url(url)
    except ValueError:
        return url
