"""The desk's endpoints, mounted by `newsroom.api`: each calls one verb."""

from ninja import NinjaAPI

import digests.converters  # noqa: F401 (it registers “number”)
from digests.desk.api import changes, inbox, presence, writing
from digests.desk.api.auth import StaffSession
from digests.desk.api.errors import answer_refusals

__all__ = ["StaffSession", "mount"]


def mount(api: NinjaAPI) -> None:
    answer_refusals(api)
    api.add_router("", changes.router)
    api.add_router("", presence.router)
    api.add_router("", inbox.router)
    api.add_router("", writing.router)
