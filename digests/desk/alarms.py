"""The bar on every screen of the desk: slots that were missed, or are in danger of it."""

from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from digests.desk.access import actor
from digests.desk.moment import moment_of
from digests.desk.navigation import asked_next, today_page
from digests.desk.regions import wants_regions
from digests.desk.slot_rows import UNSHOWN, SlotRow
from digests.models import Slot, SlotState, User
from digests.models.numbers import parse_pk

KEY = "dismissed_alarms"
MAX_DISMISSED = 50  # that a session remembers: every request loads it
SHOWN = 2
READ = 40  # at most; what is more waits until these are dismissed or settled


@dataclass(frozen=True)
class Alarm:
    row: SlotRow

    @property
    def key(self) -> str:
        """What is dismissed: a slot that was in danger alarms again when it is missed."""
        return f"{self.row.slot.pk}-{self.kind}"

    @property
    def kind(self) -> str:
        if self.row.hold_reason:
            return "held"
        if self.row.state == SlotState.MISSED:
            return "missed"
        return "late" if self.row.slot.due_at <= self.row.now else "danger"


class Alarms:
    """The slots that alarm a user who may do something about them. Costs two queries when it is
    first looked at, one of them for the time, and a third if there are any."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def rows(self) -> list[SlotRow]:
        user = getattr(self.request, "user", None)
        if not isinstance(user, User) or not user.has_perm("digests.take_slot"):
            return []
        now = moment_of(self.request)
        # Their keys first: every page asks, and nearly always there are none.
        keys = list(Slot.objects.alarming(now).values_list("pk", flat=True)[:READ])
        if not keys:
            return []
        slots = Slot.objects.with_embargo(now).with_names().defer(*UNSHOWN).in_bulk(keys)
        return [SlotRow(slots[key], now, user) for key in keys if key in slots]

    @cached_property
    def waiting(self) -> list[Alarm]:
        """Those that the user has not dismissed: what can still be in time, the first due first,
        and then what was missed, the latest first."""
        alarms = [Alarm(row) for row in self.rows]
        dismissed = self.request.session.get(KEY, []) if self.rows else []
        missed = [alarm for alarm in alarms if alarm.kind == "missed"]
        in_time = [alarm for alarm in alarms if alarm.kind != "missed"]
        in_time.sort(key=lambda alarm: alarm.row.slot.due_at)
        return [alarm for alarm in in_time + missed if alarm.key not in dismissed]

    @property
    def shown(self) -> list[Alarm]:
        return self.waiting[:SHOWN]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.waiting[SHOWN:])


def alarms(request: HttpRequest) -> HttpResponse:
    """The bar as it is now, for the pages that stand open; by POST, dismiss an alarm."""
    actor(request)
    if request.method == "POST":
        _dismiss(request, request.POST.get("alarm", ""))
        if not wants_regions(request):
            return asked_next(request) or today_page()
    elif not wants_regions(request):
        return today_page()
    return TemplateResponse(request, "desk/_alarms.html", admin.site.each_context(request))


def _dismiss(request: HttpRequest, key: str) -> None:
    number, _, kind = key.partition("-")
    try:
        key = f"{parse_pk(number)}-{kind}"
    except ValueError:
        raise BadRequest("No such alarm.") from None
    if kind not in ("held", "missed", "late", "danger"):
        raise BadRequest("No such alarm.")
    dismissed = [each for each in request.session.get(KEY, []) if each != key]
    request.session[KEY] = [*dismissed, key][-MAX_DISMISSED:]
