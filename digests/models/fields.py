"""Small fields that several models share."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The languages the site can speak, as BCP 47 tags in Django's spelling."""

    SIMPLIFIED_CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


def validate_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Asia/Shanghai."),
            params={"name": name},
        ) from None


class TimeZoneField(models.CharField[str, str]):
    """A field for the name of a time zone in the IANA database."""

    default_validators = [validate_time_zone]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)


class LanguageField(models.CharField[str, str]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10)
        kwargs.setdefault("choices", Language)
        super().__init__(*args, **kwargs)

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """The form's field, which says what it means to choose none."""
        if self.blank or not self.has_default():
            empty = _("The browser’s language") if self.blank else _("Choose a language")
            kwargs.setdefault("choices", self.get_choices(blank_choice=[("", empty)]))
        return super().formfield(*args, **kwargs)


class OrderedObjectField(models.JSONField[dict[str, Any], dict[str, Any]]):
    """A JSON object that keeps the order of its keys: it is stored as pairs, because PostgreSQL
    sorts the keys of an object."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> dict[str, Any] | None:
        pairs = super().from_db_value(value, expression, connection)
        # None for a row that an outer join does not find.
        return None if pairs is None else dict(pairs)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        pairs = list(value.items()) if isinstance(value, dict) else value
        return super().get_db_prep_value(pairs, connection, prepared)
