"""What belongs to no series: the readers' site, its edition, and the authority of feed ids."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.models.fields import LanguageField
from digests.text.markdown.html import MAX_BODY


class TagAuthorityManager(models.Manager["TagAuthority"]):
    def load(self) -> "TagAuthority":
        """The single authority; before the first publication, the one that it would fix now."""
        return self.first() or TagAuthority(**_authority_now())

    def fix(self) -> None:
        """Keep the authority for good, from the host that SITE_URL has at the first publication."""
        self.get_or_create(pk=1, defaults=_authority_now())


def _authority_now() -> dict[str, Any]:
    return {"host": urlsplit(settings.SITE_URL).hostname or "", "year": timezone.now().year}


class TagAuthority(models.Model):
    """The authority of the `tag:` ids in the feeds (RFC 4151).

    Kept for good, so that no id changes when the site moves to another host: readers of the
    feed would get everything a second time.
    """

    host = models.CharField(_("host"), max_length=253)
    year = models.PositiveIntegerField(_("year"))

    objects = TagAuthorityManager()

    class Meta:
        verbose_name = _("tag authority")
        verbose_name_plural = _("tag authorities")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="tag_authority_one")]

    def __str__(self) -> str:
        return f"{self.host},{self.year}"

    def tag(self, name: str) -> str:
        return f"tag:{self}:{name}"


def new_edition() -> str:
    return uuid4().hex


def default_language() -> str:
    return str(settings.LANGUAGE_CODE)


class SiteManager(models.Manager["Site"]):
    def edition(self) -> str:
        """The edition of the site that readers see now. Costs one query, and no more than that."""
        # Needed for every page, and the ORM takes several times as long as the database.
        with connection.cursor() as cursor:
            cursor.execute("SELECT edition FROM digests_site")
            row = cursor.fetchone()
        return str(row[0]) if row else ""

    def publish_edition(self) -> None:
        """Start a new edition, in the transaction that changes anything readers see: what caches
        hold of earlier editions becomes invalid when it commits, and not before.

        Readers compare its time in whole seconds, so no two editions have the same."""
        later = Greatest(Now(), models.F("edition_at") + timedelta(seconds=1))
        if not self.filter(pk=1).update(edition=new_edition(), edition_at=later):
            raise Site.DoesNotExist

    def language(self) -> str:
        """The language of readers' pages that belong to no series. Costs a query."""
        found = self.values_list("language", flat=True).first()
        return found or settings.LANGUAGE_CODE


class Site(models.Model):
    """The single row of data that belongs to no series: the site's language, its description for
    readers, and the edition of it that they see."""

    about = models.TextField(
        _("about"),
        max_length=MAX_BODY,
        blank=True,
        help_text=_("Markdown. Who makes these digests, from what, and how to reach you."),
    )
    language = LanguageField(
        _("language"),
        default=default_language,
        help_text=_("Of all readers’ pages that belong to no series, and of the text above."),
    )
    # Identifies this database: its copies and backups share the id, and other databases differ.
    uuid = models.UUIDField(default=uuid4, editable=False)
    # Random and not counted: a database restored from a backup would count up to editions that
    # caches know already, with other pages.
    edition = models.CharField(max_length=32, default=new_edition, editable=False)
    edition_at = models.DateTimeField(default=timezone.now, editable=False)
    # The form of the texts in the search index; another than that of the code makes it again.
    index_version = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = SiteManager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("site")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="site_one")]

    def __str__(self) -> str:
        return str(_("Readers’ site"))


def ensure_site(*, using: str, apps: Apps = global_apps, **_: Any) -> None:
    """Make the single row of `Site`: a post_migrate handler, so it exists from the first migration
    on."""
    apps.get_model("digests", "Site")._base_manager.using(using).get_or_create(pk=1)
