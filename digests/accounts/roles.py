"""The three roles, as groups. Each has the permissions of the one before it, and more."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from digests.models.transitions import ADMINISTRATOR, EDITOR, REVIEWER, permissions_of

__all__ = ["ADMINISTRATOR", "EDITOR", "REVIEWER", "ROLES", "ensure_groups"]

_LOOK = {
    f"view_{noun}"
    for noun in (
        *("item", "digest", "source", "series", "category", "exportedfile", "revision"),
        "historyentry",
        "site",
        "slot",
    )
}
_EDIT = (
    permissions_of(EDITOR)
    | {"take_slot", "move_slot", "add_slot"}
    | {f"{action}_{noun}" for action in ("add", "change", "delete") for noun in ("item", "digest")}
)
_REVIEW = permissions_of(REVIEWER) | {"skip_slot"}
_ADMINISTER = {
    *("import_digest", "override_four_eyes", "view_user", "add_user", "change_user"),
    *("change_site", "overwrite_newer_export"),
} | {
    f"{action}_{noun}"
    for action in ("add", "change", "delete")
    for noun in ("series", "source", "category")
}

ROLES: dict[str, set[str]] = {
    EDITOR: _LOOK | _EDIT,
    REVIEWER: _LOOK | _EDIT | _REVIEW,
    ADMINISTRATOR: _LOOK | _EDIT | _REVIEW | _ADMINISTER,
}


def ensure_groups(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """Create the groups and add the permissions they lack; those an administrator added stay.

    A post_migrate handler of the `digests` app.
    """
    # Django's own handler, which creates the permissions, may run after this one.
    create_permissions(app_config, verbosity=0, using=using)
    permissions = Permission.objects.using(using).filter(content_type__app_label=app_config.label)
    for name, codenames in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))
