"""What history forbids: rewriting a frozen row, deleting a row that something happened to."""

from typing import Any, ClassVar, NoReturn, Self

from django.db import models
from django.utils.translation import gettext as _


class Refusal(Exception):
    """Something the newsroom will not do; `str()` is the sentence to show."""


class FrozenQuerySet[M: models.Model](models.QuerySet[M]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise Refusal(_("History is never rewritten."))

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refusal(_("History is never rewritten."))

    def delete(self) -> NoReturn:
        raise Refusal(_("History is never deleted."))


class Frozen(models.Model):
    """A row that is written once: saving it again, updating and deleting raise `Refusal`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Refusal(_("History is never rewritten."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Refusal(_("History is never deleted."))


class HistoricQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows with moves, of which only the untouched may go."""

    def with_history(self) -> Self:
        """Rows to which something happened after they were made."""
        frozen = models.Q(**{f"{self.model.frozen_in}__isnull": False})  # type: ignore[attr-defined]  # a Historic
        moved = self.alias(_moves=models.Count("moves", distinct=True))
        return moved.filter(frozen | models.Q(_moves__gt=1)).distinct()

    def delete(self) -> tuple[int, dict[str, int]]:
        if held := self.with_history().first():
            raise Refusal(_("“%(row)s” has a history and cannot be deleted.") % {"row": held})
        return super().delete()


class Historic(models.Model):
    """A row whose first Move is its creation; after a second one, or once a revision froze it, it
    can no longer be deleted."""

    # The relation to what revisions keep of it.
    frozen_in: ClassVar[str]

    class Meta:
        abstract = True

    def has_history(self) -> bool:
        """Costs a query."""
        manager: models.Manager[Any] = type(self)._default_manager
        return bool(manager.filter(pk=self.pk).with_history().exists())  # type: ignore[attr-defined]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.has_history():
            raise Refusal(_("“%(row)s” has a history and cannot be deleted.") % {"row": self})
        return super().delete(*args, **kwargs)
