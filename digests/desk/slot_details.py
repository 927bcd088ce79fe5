"""The page of a slot: what became of it, what may be done about it, and its history."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from digests.desk.access import actor, require_view
from digests.desk.frames import history_page, screen
from digests.desk.moment import moment_of
from digests.desk.navigation import asked_next
from digests.desk.slot_acts import Done, act
from digests.desk.slot_rows import SHIFTS, SlotRow, open_slots, slot_url
from digests.desk.stages import Times, times_of
from digests.models import HistoryEntry, Series, Slot


def slot_details(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a slot; by POST, act on it, and go on at the slot to which that led."""
    require_view(request, Slot)
    if request.method == "POST":
        done = act(request)
        return asked_next(request) or _page_after(done, pk)
    now = moment_of(request)
    slots = Slot.objects.with_embargo(now).select_related("digest__owner", "taken_by")
    slot = get_object_or_404(slots, pk=pk)
    slot.series = Series.objects.prefetch_related(SHIFTS).get(pk=slot.series_id)
    row = SlotRow(slot, now, actor(request))
    times = times_of(Slot.objects.filter(pk=pk)) if slot.digest_id else {}
    return screen(
        request,
        "slot_details.html",
        str(slot),
        row=row,
        slot=slot,
        targets=open_slots(slot.digest, now) if slot.digest and row.may_move else None,
        times=times.get(slot.digest_id or 0, Times()),
        entries=history_page(request, HistoryEntry.objects.of_edition(slot.digest, slot)),
    )


def _page_after(done: Done | None, pk: int) -> HttpResponseRedirect:
    if done is None:
        return HttpResponseRedirect(reverse("admin:digests_slot_details", args=[pk]))
    return HttpResponseRedirect(slot_url(done.slot) if done.slot else reverse("admin:board"))
