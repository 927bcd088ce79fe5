"""The verbs: everything that changes an item or a digest, in one place.

Each opens its own transaction, locks the bare row (the digest first, then its items), checks
permission, version, state and guards, saves only what it changed and writes the Move. Admin,
desk, API, commands and tasks call these and only translate a `Refusal`.
"""

from digests.editorial.compose import (
    add_section,
    edit_digest,
    edit_section,
    may_compose,
    move_section,
    new_digest,
    place,
    remove,
    remove_section,
    reorder,
)
from digests.editorial.errors import Duplicate, Forbidden, Invalid, Stale, WrongState, sentence
from digests.editorial.gate import (
    abandon,
    approve,
    available,
    correct,
    publish,
    publish_due,
    reopen_digest,
    restore,
    send_back,
    submit,
    withdraw,
)
from digests.editorial.importing import Imported, import_digest
from digests.editorial.items import (
    add_item,
    approve_item,
    available_for,
    edit_item,
    may_edit,
    reject,
    reopen,
    shortlist,
)
from digests.editorial.revising import findings_on
from digests.models import Refusal

__all__ = [
    "Duplicate",
    "Forbidden",
    "Imported",
    "Invalid",
    "Refusal",
    "Stale",
    "WrongState",
    "abandon",
    "add_item",
    "add_section",
    "approve",
    "approve_item",
    "available",
    "available_for",
    "correct",
    "edit_digest",
    "edit_item",
    "edit_section",
    "findings_on",
    "import_digest",
    "may_compose",
    "may_edit",
    "move_section",
    "new_digest",
    "place",
    "publish",
    "publish_due",
    "reject",
    "remove",
    "remove_section",
    "reopen",
    "reopen_digest",
    "reorder",
    "restore",
    "send_back",
    "sentence",
    "shortlist",
    "submit",
    "withdraw",
]
