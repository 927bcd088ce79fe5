"""Lists of feeds as OPML, which other readers write and read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.parsers import expat

from digests.ingest.feeds.charset import decode
from digests.ingest.feeds.plain import one_line
from digests.text.finding import N_
from digests.text.urls import canonical_url, safe_url

MAX_BYTES = 5 * 1024 * 1024
MAX_OUTLINES = 2_000
MAX_NAME = 200

_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")


class OpmlError(ValueError):
    """A file that cannot be read; the message is for translation, with `params`."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.message, self.params = message, params


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of a list: its address, its site, and the folders that it is in, outermost first."""

    title: str
    url: str
    site: str = ""
    folders: tuple[str, ...] = ()


class Reason(StrEnum):
    """Why a line of a list is not taken."""

    DUPLICATE = "duplicate"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Skipped:
    reason: Reason
    title: str
    url: str
    line: int


@dataclass(frozen=True, slots=True)
class Opml:
    """The feeds of a list, and what was not taken."""

    outlines: tuple[Outline, ...]
    skipped: tuple[Skipped, ...] = ()


def read_opml(body: bytes) -> Opml:
    """Read a list of feeds. Raises `OpmlError` with the reason as a sentence."""
    if len(body) > MAX_BYTES:
        raise OpmlError(N_("The file is larger than %(most)s MB."), most=MAX_BYTES // 1024**2)
    text = decode(body).strip()
    reader = _Reader()
    try:
        # Many programs write addresses with a plain "&".
        reader.parser.Parse(_BARE_AMPERSAND.sub("&amp;", text).encode(), True)
    except expat.ExpatError as error:
        raise OpmlError(
            N_("The file is not valid XML (line %(line)s)."), line=error.lineno
        ) from error
    if not reader.is_opml:
        raise OpmlError(N_("The file is not an OPML file."))
    return Opml(tuple(reader.outlines), tuple(reader.skipped))


def write_opml(outlines: Iterable[Outline], title: str) -> bytes:
    """Write a list of feeds, with their folders in the order in which they first come."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    folders: dict[tuple[str, ...], Element] = {(): SubElement(root, "body")}
    for outline in outlines:
        parent = _folder(folders, outline.folders)
        attributes = {"type": "rss", "text": outline.title, "title": outline.title}
        SubElement(parent, "outline", attributes | {"xmlUrl": outline.url} | _site(outline))
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _folder(folders: dict[tuple[str, ...], Element], path: tuple[str, ...]) -> Element:
    if path not in folders:
        parent = _folder(folders, path[:-1])
        folders[path] = SubElement(parent, "outline", {"text": path[-1], "title": path[-1]})
    return folders[path]


def _site(outline: Outline) -> dict[str, str]:
    return {"htmlUrl": outline.site} if outline.site else {}


@dataclass
class _Reader:
    """The handlers of a parser that refuses any document type, before an entity means anything."""

    outlines: list[Outline] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    is_opml: bool = False
    folders: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    count: int = 0

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _refuse_doctype(self, *_declared: object) -> None:
        raise OpmlError(N_("The file has a DOCTYPE declaration, which is not allowed in OPML."))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.is_opml = self.is_opml or tag.lower() == "opml"
        if tag.lower() != "outline":
            return
        self.count += 1
        if self.count > MAX_OUTLINES:
            raise OpmlError(N_("The file has more than %(most)s entries."), most=MAX_OUTLINES)
        given = {name.lower(): one_line(value) for name, value in attributes.items()}
        name = (given.get("title") or given.get("text") or "")[:MAX_NAME]
        if address := given.get("xmlurl"):
            self._take(name, address, given.get("htmlurl", ""))
        # A feed may hold lines of its own, which are in its parent's folder then.
        self.folders.append("" if address else name)

    def _end(self, tag: str) -> None:
        if tag.lower() == "outline":
            self.folders.pop()

    def _take(self, name: str, address: str, site: str) -> None:
        try:
            url, key = safe_url(address), canonical_url(address)[1]
        except ValueError:
            self._skip(Reason.ADDRESS, name, address)
            return
        if key in self.keys:
            self._skip(Reason.DUPLICATE, name, url)
            return
        self.keys.add(key)
        self.outlines.append(
            Outline(name or url, url, _safe(site), tuple(filter(None, self.folders)))
        )

    def _skip(self, reason: Reason, name: str, address: str) -> None:
        line = self.parser.CurrentLineNumber
        self.skipped.append(Skipped(reason, name, address, line))


def _safe(site: str) -> str:
    try:
        return safe_url(site)
    except ValueError:
        return ""
