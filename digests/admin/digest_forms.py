"""The form of a digest: its date in the series' zone, its categories in order."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from digests.admin.base import VerbForm
from digests.desk.editor.fields import EditorField
from digests.models import Category, Digest

# Django's field takes a type parameter only in the stubs.
if TYPE_CHECKING:
    _Field = forms.ModelMultipleChoiceField[Category]
else:
    _Field = forms.ModelMultipleChoiceField

# Empty lists to choose from after the categories that are there.
SPARE = 3


class ClockField(forms.SplitDateTimeField):
    """A date and a time as a clock on the wall shows them: naive, for whom knows the zone."""

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


class OrderedSelects(forms.SelectMultiple):
    """A numbered list of drop-down lists, all of one name: their order is the value's."""

    template_name = "digests/admin/ordered_selects.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Past the parent, which would read the choices once more.
        context = forms.Widget.get_context(self, name, None, attrs)
        chosen = [str(key) for key in value or [] if key]
        context["rows"] = chosen + [""] * SPARE
        context["options"] = [("", "—"), *((str(key), label) for key, label in self.choices)]
        return context

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return f"{id_}_1" if id_ else id_


class OrderedChoiceField(_Field):
    widget = OrderedSelects

    def clean(self, value: Any) -> Any:
        """The chosen rows in the order of the lists; empty lists and repetitions fall out."""
        keys = list(dict.fromkeys(filter(None, value or [])))
        found = {str(row.pk): row for row in super().clean(keys)}
        return [found[key] for key in keys]

    def has_changed(self, initial: Any, data: Any) -> bool:
        # The order counts, which the class above does not look at.
        return [str(key) for key in initial or []] != [str(key) for key in data or [] if key]


class DigestForm(VerbForm[Digest]):
    date = ClockField(label=_("Date"))
    filed = OrderedChoiceField(
        label=_("Categories"),
        queryset=Category.objects.all(),
        required=False,
        help_text=_("In the order of the file. To move one, choose it in another line."),
    )
    loaded_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Digest
        fields = ["title", "date", "intro", "outro"]
        field_classes = {"intro": EditorField, "outro": EditorField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        series = self.instance.series
        self.zone = series.zone
        for text in ("intro", "outro"):
            self.fields[text].widget.attrs["lang"] = series.language
        self.initial["loaded_version"] = self.instance.version
        # Naive, so that the widget shows it as it is, whatever zone the editor works in.
        self.initial["date"] = self.instance.local_date.replace(tzinfo=None)
        self.initial["filed"] = list(
            self.instance.filed_under.order_by("position").values_list("category", flat=True)
        )
        self.fields["date"].help_text = _now(
            "In the zone of the series: %(zone)s. A date to come waits for its time."
        ) % {"zone": self.zone}

    def clean_date(self) -> datetime:
        """The instant that the series' clock shows so; the old one while it shows the same."""
        clock: datetime = self.cleaned_data["date"]
        if clock == self.initial["date"]:
            # An hour that the clock shows twice keeps the turn it has.
            return self.instance.date
        return at_the_clock(clock, self.zone)


class NewDigestForm(VerbForm[Digest]):
    class Meta:
        model = Digest
        fields = ["series", "title"]


def at_the_clock(clock: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a clock of the zone shows this; the first, where it does so twice."""
    date = clock.replace(tzinfo=zone)
    if date.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != clock:
        raise ValidationError(
            _now("The clocks of %(zone)s never show %(clock)s: they skip that hour."),
            params={"zone": zone, "clock": f"{clock:%Y-%m-%d %H:%M}"},
        )
    return date
