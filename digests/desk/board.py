"""The board: the slots of all series on a day or in a week, and what may be done about them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from digests.desk.access import actor, require_view
from digests.desk.frames import screen
from digests.desk.live import Seen
from digests.desk.moment import moment_of
from digests.desk.regions import answer, wants_regions
from digests.desk.slot_acts import MakeForm, act
from digests.desk.slot_rows import SHIFTS, UNSHOWN, SlotRow
from digests.models import Series, Slot, User
from digests.models.numbers import parse_pk
from digests.models.slot import SlotQuerySet

DAY = timedelta(days=1)
WEEK = 7  # days
NEXT = timedelta(hours=12)  # what is next on today's board, also after midnight
FAR = 3650  # days from today; a day beyond is not asked for


def board(request: HttpRequest) -> HttpResponse:
    """Show the slots that the address selects; by POST, act on one."""
    require_view(request, Slot)
    if request.method != "POST":
        return _render(request)
    done = act(request)
    page = HttpResponseRedirect(f"{reverse('admin:board')}?{request.GET.urlencode()}")
    return answer(request, page, lambda: _render(request), done=done is not None)


def _render(request: HttpRequest) -> TemplateResponse:
    user = actor(request)
    seen = Seen.now("board", user)  # before the rows are read
    context = {"seen": seen, "board": Board(request.GET, user, moment_of(request))}
    if wants_regions(request):
        return TemplateResponse(request, "desk/board_regions.html", context)
    return screen(request, "board.html", gettext("Board"), **context)


@dataclass(frozen=True)
class Line:
    """The week of a series: for each day its slots in order."""

    series: Series
    days: list[tuple[date, list[SlotRow]]]


class Board:
    """The slots of the days that an address asks for, as a user sees them. Costs three queries.

    Days are those of the user's zone.
    """

    def __init__(self, asked: QueryDict, by: User, now: datetime) -> None:
        self.by = by
        self.now = now
        self.today = timezone.localdate(now)
        self.day = _day(asked.get("day", ""), self.today)
        self.is_week = "week" in asked
        self.chosen = _number(asked.get("series", ""))
        self.days = [self.day + number * DAY for number in range(WEEK if self.is_week else 1)]
        begin, end = _begin_of(self.day), _begin_of(self.days[-1] + DAY)
        if self.day == self.today:
            end = max(end, self.now + NEXT)
        slots = Slot.objects.filter(due_at__gte=begin, due_at__lt=end)
        has_slots = Exists(slots.filter(series=OuterRef("pk")))
        listed = Series.objects.filter(~Q(schedule="") | has_slots)
        self.all_series = list(listed.prefetch_related(SHIFTS))
        self.rows = self._rows(slots)

    def _rows(self, slots: SlotQuerySet) -> list[SlotRow]:
        shown = {series.pk: series for series in self.series}
        slots = slots.with_embargo(self.now).select_related("digest__owner", "taken_by")
        rows = []
        for slot in slots.filter(series__in=shown).defer(*UNSHOWN).order_by("due_at", "pk"):
            slot.series = shown[slot.series_id]
            rows.append(SlotRow(slot, self.now, self.by))
        return rows

    @property
    def series(self) -> list[Series]:
        """The series whose slots are shown: the chosen one, or all."""
        chosen = [each for each in self.all_series if each.pk == self.chosen]
        return chosen or self.all_series

    @property
    def make_form(self) -> MakeForm | None:
        """The form of one more slot; None without a series that can have one."""
        scheduled = [(each.pk, each.name) for each in self.all_series if each.schedule]
        if not scheduled:
            return None
        form = MakeForm(initial={"series": self.chosen})
        form.fields["series"].widget.choices = scheduled  # without another query
        return form

    @property
    def parts(self) -> list[tuple[str, list[SlotRow]]]:
        """The rows of a day in groups, each with its heading. Of today, what is next comes
        first."""
        if self.day != self.today:
            return [("", self.rows)]
        coming = [row for row in self.rows if row.is_coming]
        earlier = [row for row in reversed(self.rows) if not row.is_coming]
        return [(gettext("Up next"), coming), (gettext("Earlier today, newest first"), earlier)]

    @property
    def lines(self) -> list[Line]:
        """The rows of a week by series and day."""
        rows: dict[tuple[int, date], list[SlotRow]] = defaultdict(list)
        for row in self.rows:
            rows[row.slot.series_id, timezone.localdate(row.slot.due_at)].append(row)
        return [
            Line(series, [(day, rows[series.pk, day]) for day in self.days])
            for series in self.series
        ]

    @property
    def without(self) -> list[str]:
        """The names of the series that have no slot on the day that is shown."""
        shown = [row.slot for row in self.rows]
        having = {slot.series_id for slot in shown if timezone.localdate(slot.due_at) in self.days}
        paused = gettext("%(series)s (paused)")
        return [
            paused % {"series": each} if self._is_paused(each) else str(each)
            for each in self.series
            if each.pk not in having
        ]

    def _is_paused(self, series: Series) -> bool:
        """Whether the series makes no slots on the day that is shown."""
        return series.is_paused(datetime.combine(self.day, time(12), series.zone))

    @property
    def before(self) -> str:
        return self._address(self.day - len(self.days) * DAY)

    @property
    def after(self) -> str:
        return self._address(self.day + len(self.days) * DAY)

    @property
    def as_day(self) -> str:
        return self._address(self.day, is_week=False)

    @property
    def as_week(self) -> str:
        return self._address(self.day, is_week=True)

    @property
    def at_today(self) -> str:
        return self._address(self.today)

    def _address(self, day: date, *, is_week: bool | None = None) -> str:
        asked = {
            "day": "" if day == self.today else day.isoformat(),
            "week": "1" if (self.is_week if is_week is None else is_week) else "",
            "series": self.chosen,
        }
        query = {name: value for name, value in asked.items() if value}
        return reverse("admin:board", query=query)


def _day(text: str, today: date) -> date:
    """The day that an address names; today if it names none, or one too far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) <= FAR else today


def _number(text: str) -> int | None:
    """The number of a series that an address names; None if that cannot be one."""
    try:
        return parse_pk(text)
    except ValueError:
        return None


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
