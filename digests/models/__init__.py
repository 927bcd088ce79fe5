"""The models. Readers see only what a Revision froze; editors work on all the others."""

from digests.models.base import Refusal
from digests.models.catalogue import Category, Source
from digests.models.collaboration import Claim, ItemDraft, Presence
from digests.models.digest import Digest
from digests.models.exports import ExportedFile, ExportMark, SweepReport
from digests.models.heartbeat import Heartbeat
from digests.models.history import Correction, HistoryEntry
from digests.models.item import Item
from digests.models.live import LiveDigest
from digests.models.month import Month
from digests.models.placement import DigestCategory, Placement, Section, SeriesCategory
from digests.models.rendering import Rendering
from digests.models.revision import Entry, Filing, Revision
from digests.models.series import Series
from digests.models.shift import Shift
from digests.models.site import Site, TagAuthority
from digests.models.slot import Slot, SlotState
from digests.models.user import User

__all__ = [
    "Category",
    "Claim",
    "Correction",
    "ExportMark",
    "ExportedFile",
    "Digest",
    "DigestCategory",
    "Entry",
    "Filing",
    "Item",
    "ItemDraft",
    "LiveDigest",
    "Heartbeat",
    "HistoryEntry",
    "Month",
    "Placement",
    "Presence",
    "Refusal",
    "Rendering",
    "Revision",
    "Section",
    "Series",
    "SeriesCategory",
    "Shift",
    "Site",
    "Slot",
    "SlotState",
    "Source",
    "SweepReport",
    "TagAuthority",
    "User",
]
