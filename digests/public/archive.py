"""The archive by years, months and days; the page of a day shows all its digests as one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from digests.models import HistoryEntry, LiveDigest, Month, Revision, Site
from digests.models.live import DIGESTS
from digests.public.metadata import list_of_stories
from digests.public.queries import newest
from digests.public.responses import for_readers, render_page
from digests.text.index.headline_key import headline_key
from digests.text.page import PageEntry
from digests.text.urls import canonical_url


@for_readers
def archive(request: HttpRequest) -> HttpResponse:
    """Every month that has digests, by year."""
    months = Month.objects.with_digests()
    years = [(year, list(own)) for year, own in groupby(months, attrgetter("first.year"))]
    return render_page("archive.html", Site.objects.language(), {"years": years})


@for_readers
def year(request: HttpRequest, year: int) -> HttpResponse:
    first, last = _day(year, 1, 1), _day(year, 12, 31)
    months = Month.objects.with_digests().filter(first__gte=first, first__lte=last)
    if not months:
        return _moved("year", first, last)
    context = {"first": first, "months": months}
    return render_page("year.html", Site.objects.language(), context)


@for_readers
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    first = _day(year, month, 1)
    digests = (
        LiveDigest.objects.filter(live_day__gte=first, live_day__lt=_next_month(first))
        .select_related("series", "live_revision")
        .defer("live_revision__text")
        .order_by("-live_day", *DIGESTS.order)
    )
    if not digests:
        return _moved("month", first, _next_month(first) - timedelta(days=1))
    days = [(day, list(of_day)) for day, of_day in groupby(digests, attrgetter("live_day"))]
    context = {"first": first, "days": days, "has_zones": _have_several_zones(digests)}
    return render_page("month.html", Site.objects.language(), context)


@dataclass
class Story:
    """An entry of a day in the digest where it ran last, with the same story's earlier runs."""

    entry: PageEntry
    digest: LiveDigest
    earlier: "list[Story]" = field(default_factory=list)

    @property
    def date(self) -> datetime:
        return self.digest.live_revision.date

    def marks(self) -> list[tuple[str, object]]:
        """The marks of a story: stories that share one are the same. The surest come first."""
        headline = headline_key(self.entry.headline)
        try:
            link = canonical_url(self.entry.url)[1]
        except ValueError:
            link = ""
        marks = [("item", self.entry.item), ("link", link), ("headline", headline)]
        return [mark for mark in marks if mark[1]]


@for_readers
def day(request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
    """The digests of a day, newest first; a story that ran in several is read once."""
    shown = _day(year, month, day)
    digests = newest().filter(live_day=shown)
    if not digests:
        return _moved("day", shown, shown)
    groups = _folded(digests)
    days = LiveDigest.objects.order_by("live_day").values_list("live_day", flat=True)
    context = {
        "has_zones": _have_several_zones(digests),
        "day": shown,
        "groups": groups,
        "before": days.filter(live_day__lt=shown).last(),
        "after": days.filter(live_day__gt=shown).first(),
        "data": list_of_stories(story.entry for _digest, stories in groups for story in stories),
    }
    return render_page("day.html", Site.objects.language(), context)


# The parts of a date in the addresses.
_PARTS = {"year": 1, "month": 2, "day": 3}


def _moved(name: str, first: date, last: date) -> HttpResponse:
    """Redirect to the year, month or day of a digest that readers saw on one of these days, before
    a correction or another zone of its series gave it a different one."""
    seen = Revision.objects.filter(
        day__gte=first,
        day__lte=last,
        history__action=HistoryEntry.Action.PUBLISH,
        digest__live_day__isnull=False,
    )
    days = seen.order_by("-digest__live_date").values_list("digest__live_day", flat=True)
    day = days.first()
    if day is None:
        raise Http404
    parts = (day.year, day.month, day.day)[: _PARTS[name]]
    return HttpResponseRedirect(reverse(f"public:{name}", args=parts))


def _folded(digests: Iterable[LiveDigest]) -> list[tuple[LiveDigest, list[Story]]]:
    seen: dict[object, Story] = {}
    groups = []
    for digest in digests:
        stories = []
        for entry in digest.page.entries:
            story = Story(entry, digest)
            marks = story.marks()
            known = next((seen[mark] for mark in marks if mark in seen), None)
            if known and known.digest != digest:
                known.earlier.append(story)
            else:
                # A story that stands twice in one digest was meant to.
                stories.append(story)
            for mark in marks:
                seen.setdefault(mark, known or story)
        groups.append((digest, stories))
    return groups


def _have_several_zones(digests: Iterable[LiveDigest]) -> bool:
    """Whether the digests' zones differ, so that each date must name its own."""
    return len({digest.live_revision.date.utcoffset() for digest in digests}) > 1


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Http404 from None


def _next_month(first: date) -> date:
    return _day(first.year + first.month // 12, first.month % 12 + 1, 1)
