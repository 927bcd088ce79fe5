"""The YAML head of an exported file: written by hand, read strictly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import yaml
from yaml.resolver import Resolver

from digests.text.finding import N_
from digests.text.format.escapes import json_string
from digests.text.format.nodes import DigestDocument, FormatError

_FENCE = "---"
_MAX_LENGTH = 100_000
# libyaml if it is built in: ten times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER = Resolver()
_STRING = "tag:yaml.org,2002:str"
_BOOLEAN = "tag:yaml.org,2002:bool"
_FORM = "2025-06-10T00:00:56+08:00"
_TRUE = frozenset(["yes", "true", "on"])
# The keys that tell site generators to leave a file out, each with the value that does so.
_HIDING = {"draft": "true", "published": "false"}
TAGS = N_("Digests have no tags: make them categories, or delete the line.")


def write_front_matter(document: DigestDocument) -> str:
    """Return the head from fence to fence, without a line end after it."""
    values = [
        f"title: {json_string(document.title)}",
        f"date: {document.date.isoformat(timespec='seconds')}",
        f"categories: [{', '.join(json_string(category) for category in document.categories)}]",
    ]
    values += [f"{key}: {_scalar(value)}" for key, value in document.extra]
    return "\n".join([_FENCE, *values, _FENCE])


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The content of a file's head; `lines` is the number of its lines, fences included.

    `draft` and `published` are not among the further keys: `is_draft` is what they say.
    """

    title: str
    date: datetime
    categories: tuple[str, ...]
    extra: tuple[tuple[str, str | bool], ...]
    is_draft: bool
    lines: int


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """Read the head that begins on the first line. Raises `FormatError` with the line."""
    if not lines or lines[0].rstrip(" ") != _FENCE:
        raise FormatError(N_("The file does not begin with ---."), line=1)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip(" ") == _FENCE), 0)
    if not end:
        raise FormatError(N_("The front matter is never closed with ---."), line=1)
    source = "\n".join(lines[1:end])
    if len(source) > _MAX_LENGTH:
        raise FormatError(N_("The front matter is too long."), line=1)
    values = _mapping(source)
    if "tags" in values and "categories" not in values:
        raise FormatError(TAGS, line=values["tags"].line)
    if list(values)[:3] != ["title", "date", "categories"]:
        raise FormatError(
            N_("The front matter must begin with title, date and categories."), line=2
        )
    title, date, categories = (values.pop(key) for key in ("title", "date", "categories"))
    others = [(key, _text_or_flag(key, node)) for key, node in values.items()]
    return FrontMatter(
        title=_text(title),
        date=_date(date),
        categories=_texts(categories),
        extra=tuple(pair for pair in others if not tells_draft(pair[0])),
        is_draft=any(hides_digest(*pair) for pair in others),
        lines=end + 1,
    )


def tells_draft(key: str) -> bool:
    """Whether a key says of one file that it is a draft or not: no key of a whole series."""
    return key.lower() in _HIDING


def hides_digest(key: str, value: str | bool) -> bool:
    """Whether a further key tells site generators to leave the file out."""
    return _HIDING.get(key.lower()) == str(value).lower()


def _scalar(value: str | bool) -> str:
    return json_string(value) if isinstance(value, str) else str(value).lower()


@dataclass(frozen=True, slots=True)
class _Node:
    """A scalar with the type that YAML gives it, or a flat list of scalars."""

    line: int
    text: str = ""
    tag: str = ""
    items: "tuple[_Node, ...] | None" = None


def _text(node: _Node) -> str:
    if node.tag != _STRING:
        raise FormatError(N_("This value must be text; put it in double quotes."), line=node.line)
    return node.text


def _texts(node: _Node) -> tuple[str, ...]:
    if node.items is None:
        raise FormatError(N_("The categories must be a list."), line=node.line)
    return tuple(_text(item) for item in node.items)


def _text_or_flag(key: str, node: _Node) -> str | bool:
    if node.items is not None:
        if key == "tags":
            raise FormatError(TAGS, line=node.line)
        raise FormatError(
            N_("“%(key)s” has a list as its value, which only the categories may have."),
            line=node.line,
            key=key,
        )
    return node.text.lower() in _TRUE if node.tag == _BOOLEAN else _text(node)


def _date(node: _Node) -> datetime:
    try:
        date = datetime.fromisoformat(node.text)
    except ValueError:
        raise FormatError(
            N_("The date is not of the form %(form)s."), line=node.line, form=_FORM
        ) from None
    if date.utcoffset() is None:
        raise FormatError(N_("The date has no offset such as +08:00."), line=node.line)
    return date


def _mapping(source: str) -> dict[str, _Node]:
    """Read a mapping to scalars and flat lists; nothing is constructed and nothing expanded."""
    nodes: dict[str, _Node] = {}
    try:
        events = _events(source)
        if not isinstance(next(events), yaml.MappingStartEvent):
            raise FormatError(N_("The front matter must be keys with values."), line=2)
        while not isinstance(key := next(events), yaml.MappingEndEvent):
            name = _node(key, events)
            if name.items is not None or name.text in nodes:
                raise FormatError(N_("This key is repeated or is not text."), line=name.line)
            nodes[name.text] = _node(next(events), events)
        if not isinstance(next(events), yaml.StreamEndEvent):
            raise FormatError(N_("The front matter holds more than keys with values."), line=2)
    except FormatError:
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise FormatError(N_("The front matter is not valid YAML."), line=line) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # for impossible characters
        raise FormatError(N_("The front matter is not valid YAML."), line=2) from error
    return nodes


def _events(source: str) -> Iterator[yaml.Event]:
    for event in yaml.parse(source, Loader=_LOADER):
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise FormatError(
                N_("Anchors, aliases and tags are not allowed here."), line=_line(event)
            )
        if not isinstance(
            event, (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
        ):
            yield event


def _line(event: yaml.Event) -> int:
    """Return the line number in the file, whose first line is the fence."""
    return event.start_mark.line + 2 if event.start_mark else 2


def _node(event: yaml.Event, events: Iterator[yaml.Event]) -> _Node:
    line = _line(event)
    if isinstance(event, yaml.ScalarEvent):
        # The stubs have no types for this method.
        tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        return _Node(line, event.value, tag)
    if not isinstance(event, yaml.SequenceStartEvent):
        raise FormatError(N_("A value must be text or a list of texts."), line=line)
    items = []
    while not isinstance(item := next(events), yaml.SequenceEndEvent):
        if not isinstance(item, yaml.ScalarEvent):
            raise FormatError(N_("A list may only hold texts."), line=_line(item))
        items.append(_node(item, events))
    return _Node(line, items=tuple(items))
