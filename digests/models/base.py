"""Base classes that protect history: frozen rows are never rewritten, and rows that something
happened to are never deleted."""

from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something the newsroom will not do; `str()` is the sentence to show."""


class ImmutableQuerySet[M: models.Model](models.QuerySet[M]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise Refusal(gettext("History is never rewritten."))

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refusal(gettext("History is never rewritten."))

    def delete(self) -> NoReturn:
        raise Refusal(gettext("History is never deleted."))


class Immutable(models.Model):
    """A row that is written once: saving it again, updating and deleting raise `Refusal`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Refusal(gettext("History is never rewritten."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refusal(gettext("History is never deleted."))


class VersionedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that keep a history; only rows without one can be deleted."""

    def with_history(self) -> Self:
        """Rows to which something happened after they were made."""
        frozen = models.Q(**{f"{self.model.frozen_in}__isnull": False})  # type: ignore[attr-defined]  # a Versioned
        counted = self.alias(_steps=models.Count("history", distinct=True))
        return counted.filter(frozen | models.Q(_steps__gt=1)).distinct()

    def delete(self) -> tuple[int, dict[str, int]]:
        if held := self.with_history().first():
            raise Refusal(held.why_kept())  # type: ignore[attr-defined]  # a Versioned
        return super().delete()


class Versioned(models.Model):
    """A row that editors work on, with the version that each of their writes must name.

    Its first history entry is its creation; after a second one, or once a revision froze it, it
    can no longer be deleted.
    """

    # The name of the relation to the rows that revisions keep of it.
    frozen_in: ClassVar[str]

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        abstract = True

    def has_history(self) -> bool:
        """Whether something happened to the row after it was made. Costs a query."""
        manager: models.Manager[Any] = type(self)._default_manager
        return bool(manager.filter(pk=self.pk).with_history().exists())  # type: ignore[attr-defined]  # ours

    def why_kept(self) -> str:
        """Why a row with a history stays, as a sentence to show."""
        return gettext("“%(row)s” has a history and cannot be deleted.") % {"row": self}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.has_history():
            raise Refusal(self.why_kept())
        return super().delete(*args, **kwargs)
