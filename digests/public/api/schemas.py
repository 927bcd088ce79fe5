"""The schemas of the public API's answers, as OpenAPI describes them."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import PlainSerializer, WithJsonSchema

# As files and feeds write it: the JSON encoder would turn +00:00 into a Z.
LocalTime = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

_SITE = "https://news.example.org"
_DATE = "2026-11-20T08:00:00+08:00"


class Index(Schema):
    series: str = Field(examples=[f"{_SITE}/api/v1/series/"])
    digests: str = Field(examples=[f"{_SITE}/api/v1/digests/"])
    entries: str = Field(examples=[f"{_SITE}/api/v1/entries/"])
    categories: str = Field(examples=[f"{_SITE}/api/v1/categories/"])
    sources: str = Field(examples=[f"{_SITE}/api/v1/sources/"])
    search: str = Field(
        description="Asked with `?q=` and a text.", examples=[f"{_SITE}/api/v1/search/"]
    )
    documentation: str = Field(
        description="For people, in a browser.", examples=[f"{_SITE}/api/v1/docs"]
    )
    openapi: str = Field(
        description="The same for programs.", examples=[f"{_SITE}/api/v1/openapi.json"]
    )


class Text(Schema):
    markdown: str = Field(examples=["一段**加粗**的正文。"])
    html: str = Field(
        description="Sanitised: safe to put into a page.",
        examples=["<p>一段<strong>加粗</strong>的正文。</p>\n"],
    )


class Page(Schema):
    next: str | None = Field(
        description="The address of the next page, or null on the last one.",
        examples=[f"{_SITE}/api/v1/digests/?cursor=1763596800-12"],
    )


class Series(Schema):
    slug: str = Field(examples=["global-ai"])
    name: str = Field(examples=["全球AI速览"])
    url: str = Field(description="Its page.", examples=[f"{_SITE}/global-ai/"])
    feed: str = Field(description="Its Atom feed.", examples=[f"{_SITE}/global-ai/feed.atom"])
    language: str = Field(examples=["zh-hans"])
    time_zone: str = Field(examples=["Asia/Shanghai"])


class SeriesList(Schema):
    series: list[Series] = Field(description="Sorted by name.")


class Slot(Schema):
    """A time for which a series promises an edition."""

    due: LocalTime = Field(
        description="With the offset of the series' time zone.", examples=[_DATE]
    )
    state: Literal["to come", "published", "late", "missed"] = Field(
        description=(
            "`late` means a minute or more: an edition that appeared late or, without a `url`, is"
            " still awaited, until it counts as `missed`."
        ),
        examples=["published"],
    )
    url: str | None = Field(
        description="The edition's page, while there is one.",
        examples=[f"{_SITE}/global-ai/2026-11-20-0800/"],
    )


class SlotPage(Page):
    slots: list[Slot] = Field(description="Newest first, from some days ahead on.")


class Category(Schema):
    name: str = Field(examples=["AI"])
    url: str = Field(description="Its page.", examples=[f"{_SITE}/categories/AI/"])


class CategoryList(Schema):
    categories: list[Category] = Field(description="Sorted by name.")


class Source(Schema):
    source: int = Field(description="The source's number.", examples=[3])
    name: str = Field(examples=["Mira Okafor"])
    kind: str = Field(description="`x`, `feed`, `site` or `newsletter`.", examples=["x"])
    link: str = Field(
        description="Its own address; empty if it has none.", examples=["https://x.com/mira"]
    )
    language: str = Field(examples=["en"])


class SourceList(Schema):
    sources: list[Source] = Field(description="Sorted by name.")


class DigestReference(Schema):
    series: str = Field(examples=["global-ai"])
    slug: str = Field(examples=["2026-11-20-0800"])
    url: str = Field(description="Its page.", examples=[f"{_SITE}/global-ai/2026-11-20-0800/"])
    title: str = Field(examples=["过去4小时全球AI发生了什么？"])
    date: LocalTime = Field(
        description="With the offset of the series' time zone.", examples=[_DATE]
    )


class DigestSummary(DigestReference):
    language: str = Field(examples=["zh-hans"])
    categories: list[str] = Field(examples=[["AI"]])
    revision: int = Field(description="Grows with every correction.", examples=[1])
    first_published: datetime = Field(examples=["2026-11-20T00:01:30Z"])


class DigestPage(Page):
    digests: list[DigestSummary] = Field(description="Newest first.")


class Story(Schema):
    """A story in a digest."""

    item: int = Field(
        description="The item's number, the same in every digest and revision.", examples=[128]
    )
    language: str = Field(examples=["zh-hans"])
    headline: str = Field(examples=["一条新闻"])
    byline: str = Field(examples=["Mira Okafor"])
    link: str = Field(
        description="The link of the story; empty if it has none.",
        examples=["https://example.org/story"],
    )
    source: int | None = Field(description="Its source's number, if it has one.", examples=[3])
    body: Text


class Entry(Story):
    number: int = Field(description="Its number in the list, which starts at 1 in each section.")
    url: str = Field(description="Where the entry stands on the site.")


class Section(Schema):
    heading: str = Field(description="Empty in the first section of a digest without headings.")
    intro: Text
    entries: list[Entry]


class File(Schema):
    path: str = Field(description="Its name in the export folder.", examples=["2026-11-20-0800.md"])
    sha256: str
    text: str = Field(description="The exact text, front matter and all.")


class Correction(Schema):
    at: LocalTime = Field(description="With the offset of the series' time zone.", examples=[_DATE])
    note: str = Field(description="What readers are told; may be empty.", examples=["数字有误。"])


class DigestDetail(DigestSummary):
    intro: Text
    sections: list[Section]
    outro: Text
    corrections: list[Correction] = Field(description="Newest first.")
    reviewed: bool = Field(
        description=(
            "That people reviewed it before it was published. Only series that tell their readers"
            " so tell it here; everywhere else it is false."
        )
    )
    file: File


class Run(Story):
    """An entry with the digest it stands in."""

    url: str = Field(
        description="Where the entry stands on the site.",
        examples=[f"{_SITE}/global-ai/2026-11-20-0800/#i-128"],
    )
    digest: DigestReference


class EntryPage(Page):
    entries: list[Run] = Field(
        description="Those of the newest digest first, each digest's in its order."
    )


class Appearance(Schema):
    item: int = Field(
        description="The number it ran under: its own, or that of a repeat.", examples=[128]
    )
    url: str = Field(
        description="Where the entry stands on the site.",
        examples=[f"{_SITE}/global-ai/2026-11-20-0800/#i-128"],
    )
    digest: DigestReference


class StoryDetail(Story):
    """A story as it last ran."""

    url: str = Field(description="The story's page.", examples=[f"{_SITE}/i/128/"])
    runs: list[Appearance] = Field(description="The last 50 digests it ran in, newest first.")


class Marked(Schema):
    text: str = Field(examples=["一条新闻"])
    html: str = Field(
        description="Escaped, with what was found in `<mark>`: safe to put into a page.",
        examples=["一条<mark>新闻</mark>"],
    )


class Hit(Schema):
    item: int | None = Field(
        description="The item's number; null where the digest itself was found.", examples=[128]
    )
    url: str = Field(
        description="Where it stands on the site.",
        examples=[f"{_SITE}/global-ai/2026-11-20-0800/#i-128"],
    )
    language: str = Field(examples=["zh-hans"])
    headline: Marked = Field(description="The entry's headline, or the digest's title.")
    byline: Marked
    link: str = Field(
        description="The link of the story; empty if it has none.",
        examples=["https://example.org/story"],
    )
    snippet: Marked = Field(description="Some of the text around what was found first.")
    digest: DigestReference


class HitPage(Page):
    count: int = Field(description="How many hits there are on all pages, up to 1000.")
    capped: bool = Field(description="Whether there are more hits than `count` says.")
    hits: list[Hit]


class Problem(Schema):
    detail: str = Field(description="A sentence.")


class Withdrawn(Problem):
    note: str = Field(description="Why the digest was withdrawn.", examples=["来源有误。"])


class Fault(Schema):
    loc: list[str | int] = Field(description="Where the value stood.")
    msg: str
    type: str


class Invalid(Schema):
    detail: list[Fault]
