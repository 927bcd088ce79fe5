"""Form fields of a schedule: times of the day, days of the week, lengths of time."""

import re
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.schedule import length
from digests.models.shift import WEEK
from digests.text.schedule.presets import MAX_TIMES

_BETWEEN_TIMES = re.compile(r"[\s,，、;；]+")
_TIME = re.compile(r"([0-9]{1,2})(?:[:：]([0-9]{2}))?")


class TimesField(forms.CharField):
    """Times of the day, such as “08:00, 18:30”, in the order of the day."""

    def to_python(self, value: Any) -> Any:
        written = filter(None, _BETWEEN_TIMES.split(super().to_python(value) or ""))
        times = sorted({_time(each) for each in written})
        if len(times) > MAX_TIMES:
            raise ValidationError(
                gettext("Enter at most %(most)s times."), params={"most": MAX_TIMES}
            )
        return tuple(times)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(f"{at:%H:%M}" for at in value or ())

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or ()))
        except ValidationError:
            return True


def _time(written: str) -> time:
    found = _TIME.fullmatch(written)
    try:
        if found:
            return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        pass
    raise ValidationError(
        gettext("“%(time)s” is not a time such as 18:30."), params={"time": written[:20]}
    )


class DaysField(forms.MultipleChoiceField):
    """Days of the week, as cron numbers them: a text such as “135”."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        days = [(day, WEEKDAYS[(int(day) - 1) % 7]) for day in WEEK]
        super().__init__(choices=days, **kwargs)
        self.error_messages["required"] = _("Choose at least one day.")

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return "".join(day for day in WEEK if day in chosen)

    def prepare_value(self, value: Any) -> Any:
        return list(value or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or "") != set(data or "")


class LengthField(forms.TypedChoiceField):
    """A length of time out of some, in minutes. One that is stored and not among them can stay."""

    def __init__(self, lengths: Iterable[int], *, default: Any, **kwargs: Any) -> None:
        self.lengths = set(lengths)
        super().__init__(
            coerce=int,
            choices=self._named,
            required=False,
            initial=default,
            empty_value=default,
            **kwargs,
        )

    def allow(self, minutes: int) -> None:
        self.lengths = self.lengths | {minutes}
        self.choices = self._named

    def _named(self) -> list[tuple[int, str]]:
        return [(minutes, length(minutes)) for minutes in sorted(self.lengths)]
