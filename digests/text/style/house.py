"""The house style of a series, and the warnings about entries that break it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from markdown_it.token import Token

from digests.text.characters import normal_line
from digests.text.finding import N_, Finding
from digests.text.format.nodes import Entry
from digests.text.format.normal import normal_block
from digests.text.markdown.html import FRIENDLY, MAX_BODY
from digests.text.style.bold import house_marks
from digests.text.style.typography import Spacing, typography
from digests.text.urls import canonical_url, safe_url


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """The house style that the editors of a series agreed on; an empty field sets no rule.

    `bylines` are the known ones; without any, only a missing byline gets a warning. A link must be
    at one of the `hosts` (lower-case) or a subdomain. `headline_max`, `body_min` and `body_max`
    count the characters that a reader sees; `bold_max` is the percentage of those that may be bold.
    `spacing` is between Chinese and Latin letters or digits: one space if "spaced", none if
    "unspaced".
    """

    bylines: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    headline_max: int | None = None
    body_min: int | None = None
    body_max: int | None = None
    bold_max: int | None = None
    spacing: Spacing = ""


def seen(body: str) -> int:
    """The number of characters of a body that a reader sees."""
    return _shown(FRIENDLY.parse(normal_block(body)))[0]


def house_findings(entry: Entry, style: HouseStyle) -> Iterator[Finding]:
    """Yield house-style warnings on an entry as an editor wrote it, in the order of its fields."""
    yield from _headline(entry.headline, style)
    yield from _byline(normal_line(entry.byline), style)
    yield from _link(entry.url, style)
    yield from _body(entry.body, style)


def _headline(headline: str, style: HouseStyle) -> Iterator[Finding]:
    count = len(normal_line(headline))
    if style.headline_max is not None and count > style.headline_max:
        yield _warning(
            "headline-long",
            N_("The headline has %(count)d characters; the maximum is %(most)d."),
            "headline",
            count=count,
            most=style.headline_max,
        )
    yield from typography(headline, "headline", style.spacing, is_markdown=False)
    yield from house_marks(headline, "headline", is_markdown=False)


def _byline(byline: str, style: HouseStyle) -> Iterator[Finding]:
    if not byline:
        yield _warning("byline-missing", N_("The story has no byline."), "byline")
    elif style.bylines and byline not in style.bylines:
        yield _warning(
            "byline-unknown",
            N_("Unknown byline “%(byline)s”."),
            "byline",
            byline=byline,
        )


def _link(url: str, style: HouseStyle) -> Iterator[Finding]:
    try:
        safe = safe_url(url)
        canonical, _key = canonical_url(url)
    except ValueError:
        return  # it has an error already, or no address
    host = (urlsplit(safe).hostname or "").removesuffix(".")
    if style.hosts and not any(f".{host}".endswith(f".{known}") for known in style.hosts):
        yield _warning(
            "link-host",
            N_("The link leads to %(host)s, not to %(hosts)s."),
            "url",
            host=host,
            hosts=", ".join(style.hosts),
        )
    if len(_parameters(canonical)) < len(_parameters(safe)):
        # The canonical address has lost its fragment, too, which may be intended.
        is_certain = urlsplit(canonical).fragment == urlsplit(safe).fragment
        yield Finding(
            "warning",
            "link-tracking",
            N_("The address tells its site where the reader comes from."),
            field="url",
            span=(0, len(url)),
            fix=canonical if is_certain else None,
        )


def _parameters(url: str) -> list[str]:
    return [pair for pair in urlsplit(url).query.split("&") if pair]


def _body(body: str, style: HouseStyle) -> Iterator[Finding]:
    if len(body) > MAX_BODY:
        return  # it is refused, and is too long to be parsed
    count, bold = _shown(FRIENDLY.parse(normal_block(body)))
    if not count:
        yield _warning("body-missing", N_("The story has no text."), "body")
    elif style.body_min is not None and count < style.body_min:
        yield _warning(
            "body-short",
            N_("The body has %(count)d characters; the minimum is %(least)d."),
            "body",
            count=count,
            least=style.body_min,
        )
    if style.body_max is not None and count > style.body_max:
        yield _warning(
            "body-long",
            N_("The body has %(count)d characters; the maximum is %(most)d."),
            "body",
            count=count,
            most=style.body_max,
        )
    if style.bold_max is not None and bold * 100 > style.bold_max * count:
        yield _warning(
            "much-bold",
            N_("%(share)d%% of the body is bold; the maximum is %(most)d%%."),
            "body",
            share=-(-bold * 100 // count),  # rounded up, or 50.4 would read as 50, which is allowed
            most=style.bold_max,
        )
    yield from typography(body, "body", style.spacing)
    yield from house_marks(body, "body")


def _shown(tokens: Iterable[Token]) -> tuple[int, int]:
    """Count the characters that a reader sees, and those of them that are bold."""
    count = bold = depth = 0
    for block in tokens:
        for token in block.children or [block]:
            if token.type in ("strong_open", "strong_close"):
                depth += token.nesting
            elif token.type in ("text", "code_inline", "fence", "code_block"):
                count += len(token.content)
                bold += len(token.content) if depth else 0
            elif token.type == "softbreak":
                count += 1
    return count, bold


def _warning(code: str, message: str, field: str, **params: str | int) -> Finding:
    return Finding("warning", code, message, params, field=field)
