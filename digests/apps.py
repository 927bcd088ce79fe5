from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DigestsConfig(AppConfig):
    name = "digests"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from digests.accounts.roles import ensure_groups
        from digests.models.site import ensure_site
        from digests.search import rebuild_if_stale

        post_migrate.connect(ensure_groups, sender=self)
        post_migrate.connect(ensure_site, sender=self)
        post_migrate.connect(rebuild_if_stale, sender=self)


class DeskAdminConfig(SimpleAdminConfig):
    """The admin without what other apps register there by themselves: DeskSite has it all."""

    default_site = "digests.desk.admin.site.DeskSite"
