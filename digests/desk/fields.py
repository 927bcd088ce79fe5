"""Form fields of the desk: date and time, categories in order, and text kept as it was found."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.editor.fields import line_feeds
from digests.models import Category

# Empty lists to choose from after the categories that are there.
SPARE = 3


class ClockField(forms.SplitDateTimeField):
    """A date and a time without a zone, as a clock on the wall shows them."""

    def __init__(self, **kwargs: Any) -> None:
        date: dict[str, Any] = {"type": "date", "aria-label": _("Date")}
        time: dict[str, Any] = {"type": "time", "step": "1", "aria-label": _("Time")}
        super().__init__(
            input_date_formats=["%Y-%m-%d"],
            input_time_formats=["%H:%M:%S", "%H:%M"],
            # The browser's own controls: the admin's say what time it is in another zone.
            widget=forms.SplitDateTimeWidget(
                date_attrs=date,
                time_attrs=time,
                date_format="%Y-%m-%d",
                time_format="%H:%M:%S",
            ),
            **kwargs,
        )

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        date, time = data_list
        if date is None:
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        if time is None:
            raise ValidationError(self.error_messages["invalid_time"], code="invalid_time")
        return datetime.combine(date, time)


def clock(instant: datetime | None, zone: tzinfo) -> datetime | None:
    """The instant as a clock in the zone shows it, to the second and without the zone."""
    return instant and instant.astimezone(zone).replace(tzinfo=None, microsecond=0)


def at_the_clock(
    shown: datetime | None, zone: tzinfo, saved: datetime | None = None
) -> datetime | None:
    """The instant at which a clock in the zone shows this. When clocks are set back it is shown
    twice: then the saved instant, if it is one of the two, or else the first."""
    if shown is None:
        return None
    if shown == clock(saved, zone):
        return saved
    instant = shown.replace(tzinfo=zone)
    if clock(instant.astimezone(UTC), zone) != shown:
        raise ValidationError(
            gettext("The clocks of %(zone)s never show %(clock)s: they skip that hour."),
            params={"zone": zone, "clock": f"{shown:%Y-%m-%d %H:%M}"},
        )
    return instant


class OrderedSelects(forms.SelectMultiple):
    """A numbered list of drop-down lists, all of one name: their order is the value's."""

    template_name = "desk/ordered_selects.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Past the parent, which would read the choices once more.
        context = forms.Widget.get_context(self, name, None, attrs)
        chosen = [str(key) for key in value or [] if key]
        context["rows"] = chosen + [""] * SPARE
        context["options"] = [
            ("", gettext("No category")),
            *((str(key), label) for key, label in self.choices),
        ]
        return context

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return f"{id_}_1" if id_ else id_


class OrderedChoiceField(forms.ModelMultipleChoiceField[Category]):
    widget = OrderedSelects

    def clean(self, value: Any) -> Any:
        """The chosen rows in the order of the lists; empty lists and repetitions fall out."""
        keys = list(dict.fromkeys(filter(None, value or [])))
        found = {str(row.pk): row for row in super().clean(keys)}
        return [found[key] for key in keys]

    def has_changed(self, initial: Any, data: Any) -> bool:
        # The order counts, which the class above does not look at.
        return [str(key) for key in initial or []] != [str(key) for key in data or [] if key]


class FoundTextField(forms.CharField):
    """A text that stays as it was found, with the spaces around it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, widget=forms.Textarea, **kwargs)

    def to_python(self, value: object) -> str:
        return line_feeds(super().to_python(value) or "")
