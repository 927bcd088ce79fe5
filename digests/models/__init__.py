"""The nouns. Readers see only what a Revision froze; editors work on all the others."""

from digests.models.authority import TagAuthority
from digests.models.category import Category
from digests.models.claim import Claim
from digests.models.correction import Correction
from digests.models.delivery import Delivery, SweepReport
from digests.models.digest import Digest
from digests.models.history import Refusal
from digests.models.item import Item
from digests.models.item_draft import ItemDraft
from digests.models.live import LiveDigest
from digests.models.move import Move
from digests.models.placement import DigestCategory, Placement, Section
from digests.models.presence import Presence
from digests.models.rendering import Rendering
from digests.models.revision import Entry, Filing, Revision
from digests.models.series import Series
from digests.models.site import Site
from digests.models.source import Source
from digests.models.user import User

__all__ = [
    "Category",
    "Claim",
    "Correction",
    "Delivery",
    "Digest",
    "DigestCategory",
    "Entry",
    "Filing",
    "Item",
    "ItemDraft",
    "LiveDigest",
    "Move",
    "Placement",
    "Presence",
    "Refusal",
    "Rendering",
    "Revision",
    "Section",
    "Series",
    "Site",
    "Source",
    "SweepReport",
    "TagAuthority",
    "User",
]
