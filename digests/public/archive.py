"""The archive: years, months, and days, whose digests are read as one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Substr
from django.http import Http404, HttpRequest, HttpResponse

from digests.models import Digest, Rendering
from digests.models.digest import DigestQuerySet
from digests.public.answers import for_readers, page
from digests.public.metadata import of_stories
from digests.public.shelf import common_language, newest, site_language
from digests.text.keys import headline_key
from digests.text.page import PageEntry
from digests.text.urls import canonical_url


@for_readers
def archive(request: HttpRequest) -> HttpResponse:
    """Every month that has something, by year."""
    # Without its count, which only the page of a year has: to count is to read everything.
    years = [
        (year, [(day, None) for day in days])
        for year, days in groupby(_last_days_of_months(), lambda day: day.year)
    ]
    return page("archive.html", site_language(), {"years": years})


@for_readers
def year(request: HttpRequest, year: int) -> HttpResponse:
    first, last = _day(year, 1, 1), _day(year, 12, 31)
    months = _months(Digest.objects.live().filter(live_day__gte=first, live_day__lte=last))
    if not months:
        raise Http404
    return page("year.html", site_language(), {"first": first, "months": months})


# The first day of a day's month, as each database tells it.
_FIRST = {"sqlite": "substr(day, 1, 7) || '-01'", "postgresql": "date_trunc('month', day)::date"}


def _last_days_of_months() -> list[date]:
    """The latest day of each month that has something, the latest first. Costs one query."""
    # From month to month through the index of days, however many digests stand between.
    statement = f"""
        WITH RECURSIVE latest (day) AS (
            SELECT max(live_day) FROM digests_digest
            UNION ALL
            SELECT (
                SELECT max(live_day) FROM digests_digest
                WHERE live_day < {_FIRST[connection.vendor]}
            )
            FROM latest WHERE day IS NOT NULL
        )
        SELECT day FROM latest WHERE day IS NOT NULL
    """  # noqa: S608 (ours)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [date.fromisoformat(str(day)) for (day,) in cursor.fetchall()]


def _months(digests: DigestQuerySet) -> list[tuple[date, int]]:
    """The months of these digests, the latest first, and how many each has. Costs one query."""
    # As the index holds it: to extract a month costs SQLite a call of Python for every digest.
    month = Substr(Cast("live_day", CharField()), 1, 7)
    found = digests.order_by().values_list(month).annotate(Count("pk"))
    return [(date.fromisoformat(f"{month}-01"), count) for month, count in sorted(found)[::-1]]


@dataclass(frozen=True)
class Line:
    """A digest in a month, which may have many: no more of it is read than is shown."""

    digest: Digest
    title: str
    date: datetime


@for_readers
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    first = _day(year, month, 1)
    digests = (
        Digest.objects.live()
        .filter(live_day__gte=first, live_day__lt=_next_month(first))
        .select_related("series")
        .annotate(
            shown_title=KeyTextTransform("title", "live_revision__document"),
            shown_date=KeyTextTransform("date", "live_revision__document"),
        )
        .order_by("-live_day", "-live_date", "-pk")
    )
    days = [(day, list(map(_line, of_day))) for day, of_day in groupby(digests, _live_day)]
    if not days:
        raise Http404
    language = common_language(
        line.digest.series.language for _day, lines in days for line in lines
    )
    has_zones = _differ(line.date for _day, lines in days for line in lines)
    return page("month.html", language, {"first": first, "days": days, "has_zones": has_zones})


def _line(digest: Any) -> Line:
    return Line(digest, digest.shown_title, datetime.fromisoformat(digest.shown_date))


@dataclass
class Story:
    """An entry of a day, where it ran last, and where the same story ran before."""

    entry: PageEntry
    digest: Digest
    earlier: "list[Story]" = field(default_factory=list)

    @property
    def date(self) -> datetime:
        assert self.digest.live_revision is not None  # noqa: S101 (it is live)
        return self.digest.live_revision.date

    def marks(self) -> list[tuple[str, object]]:
        """Stories that share one are the same; the surest come first."""
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
    days = Digest.objects.live().order_by("live_day").values("live_day")
    digests = list(
        newest()
        .filter(live_day=shown)
        .annotate(
            day_before=Subquery(days.filter(live_day__lt=shown).reverse()[:1]),
            day_after=Subquery(days.filter(live_day__gt=shown)[:1]),
        )
    )
    groups = _folded(digests)
    if not groups:
        raise Http404
    first = groups[0][0]
    context = {
        "has_zones": _differ(d.live_revision.date for d in digests if d.live_revision),
        "day": shown,
        "groups": groups,
        "before": first.day_before,  # type: ignore[attr-defined]  # annotated
        "after": first.day_after,  # type: ignore[attr-defined]  # annotated
        "listed": of_stories(story.entry for _digest, stories in groups for story in stories),
    }
    return page("day.html", common_language(d.series.language for d, _stories in groups), context)


def _folded(digests: list[Digest]) -> list[tuple[Digest, list[Story]]]:
    told: dict[object, Story] = {}
    groups = []
    for digest in digests:
        stories = []
        for entry in Rendering.objects.page_of(digest).entries:
            story = Story(entry, digest)
            marks = story.marks()
            known = next((told[mark] for mark in marks if mark in told), None)
            if known and known.digest != digest:
                known.earlier.append(story)
            else:
                # What stands twice in one digest was meant to.
                stories.append(story)
            for mark in marks:
                told.setdefault(mark, known or story)
        groups.append((digest, stories))
    return groups


def _differ(dates: Iterable[datetime]) -> bool:
    """Whether these are dates of several zones, so that each must name its own."""
    return len({date.utcoffset() for date in dates}) > 1


def _live_day(digest: Digest) -> date:
    assert digest.live_day is not None  # noqa: S101 (it is live)
    return digest.live_day


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Http404 from None


def _next_month(first: date) -> date:
    return _day(first.year + first.month // 12, first.month % 12 + 1, 1)
