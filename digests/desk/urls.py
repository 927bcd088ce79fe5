"""The addresses of the desk's screens, below the admin."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

import digests.converters  # noqa: F401 (it registers “number”)
from digests.desk import (
    alarms,
    approve,
    board,
    compose,
    current,
    deleting,
    digest_details,
    embargo,
    export,
    first_steps,
    history,
    inbox,
    item_details,
    reader,
    sections,
    slot_details,
    steps,
    turnaround,
    write,
)

type View = Callable[..., HttpResponse]


def pages(guard: Callable[[View], View]) -> list[URLPattern]:
    """The addresses of all screens, each behind the guard, which lets in users who work here."""
    screens: list[tuple[str, View, str]] = [
        ("inbox/", inbox.inbox, "inbox"),
        ("paste/", inbox.paste, "paste"),
        ("current/", current.current, "current"),
        ("board/", board.board, "board"),
        ("board/turnaround/", turnaround.turnaround, "turnaround"),
        ("alarms/", alarms.alarms, "alarms"),
        ("digests/slot/<number:pk>/", slot_details.slot_details, "digests_slot_details"),
        ("export/overwrite/", export.overwrite_newer_folder, "overwrite_newer_folder"),
        ("first_steps/hide/", first_steps.hide_first_steps, "hide_first_steps"),
        ("digests/item/add/", item_details.add_item, "digests_item_add"),
        ("digests/digest/add/", digest_details.add_digest, "digests_digest_add"),
        *(
            (f"digests/item/<number:pk>/{route}", view, f"digests_item_{name}")
            for route, view, name in ITEM
        ),
        *(
            (f"digests/digest/<number:pk>/{route}", view, f"digests_digest_{name}")
            for route, view, name in DIGEST
        ),
    ]
    return [path(route, guard(view), name=name) for route, view, name in screens]


ITEM: list[tuple[str, View, str]] = [
    ("step/<slug:verb>/", steps.take_item_step, "step"),
    ("write/", write.write, "write"),
    ("details/", item_details.edit_details, "details"),
    ("embargo/", embargo.embargo, "embargo"),
    ("history/", history.item_history, "history"),
    ("delete/", deleting.delete_item, "delete"),
]
DIGEST: list[tuple[str, View, str]] = [
    ("step/<slug:verb>/", steps.take_digest_step, "step"),
    ("approve/", approve.approve, "approve"),
    ("details/", digest_details.edit_details, "details"),
    ("delete/", deleting.delete_digest, "delete"),
    ("compose/", compose.compose, "compose"),
    ("compose/findings/", compose.findings, "findings"),
    ("compose/lost/<number:item>/", compose.lost_row, "lost_row"),
    ("sections/add/", sections.add_section, "add_section"),
    ("sections/<number:section>/", sections.edit_section, "section"),
    ("history/", history.history, "history"),
    ("restore/", history.restore, "restore"),
    ("reader/", reader.preview, "reader"),
    ("reader/frame/", reader.frame, "frame"),
    ("reader/live/", reader.live, "live"),
]
