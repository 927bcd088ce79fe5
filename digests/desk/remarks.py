"""Findings as pages list them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext

from digests.editorial.errors import sentence
from digests.models import Item, Series, Source, User
from digests.text.finding import Finding


@dataclass(frozen=True)
class Remark:
    """A finding as a page lists it."""

    severity: str
    sentence: str


@dataclass(frozen=True)
class StoryCheck:
    """The findings on one story of a digest, with its number as the pages show it."""

    item: Item
    number: str
    remarks: list[Remark]
    is_unapproved: bool


def add_source_url(findings: Iterable[Finding], item: Item, by: User) -> str:
    """Where this user may add the source of an item's byline that no source has; empty if there is
    none, or they may not. Costs a query if there is one."""
    unknown = next((each for each in findings if each.code == "byline-unknown"), None)
    if unknown is None or not by.has_perm("digests.add_source"):
        return ""
    byline = str(unknown.params["byline"])
    language = Item.objects.filter(pk=item.pk).values_list("language", flat=True).first()
    preset = {"name": byline, "byline": byline, "language": language, "kind": Source.Kind.SITE}
    return reverse("admin:digests_source_add", query=preset)


def story_count_remarks(series: Series, count: int) -> list[Remark]:
    """What an editor is told of the number of stories, which the series bounds."""
    if series.least_stories and count < series.least_stories:
        words = gettext("%(count)s stories: the series has at least %(least)s.")
        return [Remark("warning", words % {"count": count, "least": series.least_stories})]
    if series.most_stories and count > series.most_stories:
        words = gettext("%(count)s stories: the series has at most %(most)s.")
        return [Remark("warning", words % {"count": count, "most": series.most_stories})]
    return []


def remarks(findings: Iterable[Finding], headings: Sequence[str] = ()) -> list[Remark]:
    """The findings as a page lists them under the story they are about, if any; those on a section
    name its heading."""
    named = (
        replace(finding, item=None, section=None) if finding.item else finding
        for finding in findings
    )
    return [Remark(finding.severity, sentence(finding, headings)) for finding in named]
