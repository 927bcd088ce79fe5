"""The desk's endpoints, mounted by `newsroom.api`: each calls one verb."""

from ninja import NinjaAPI

import digests.addresses  # noqa: F401 (it registers “number”)
from digests.api.desk import inbox, presence, writing
from digests.api.desk.problems import answer_refusals
from digests.api.desk.who import StaffSession

__all__ = ["StaffSession", "mount"]


def mount(api: NinjaAPI) -> None:
    answer_refusals(api)
    api.add_router("", presence.router)
    api.add_router("", inbox.router)
    api.add_router("", writing.router)
