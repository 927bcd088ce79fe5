"""The shifts in a series' form: who owns the drafts that are made, on which days and hours."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.schedule_fields import DaysField
from digests.models import Series, Shift, User
from digests.models.shift import WEEK

MOST = 50  # rows
_SPARE = 2


def _hour(hour: int) -> tuple[int, str]:
    return hour, f"{hour:02}:00"


class ShiftForm(forms.ModelForm[Shift]):
    days = DaysField(label=_("Days"), initial=WEEK)
    begins = forms.TypedChoiceField(
        label=_("Starts at"), coerce=int, choices=[_hour(hour) for hour in range(24)], initial=0
    )
    ends = forms.TypedChoiceField(
        label=_("Ends at"), coerce=int, choices=[_hour(hour) for hour in range(1, 25)], initial=24
    )

    class Meta:
        model = Shift
        fields = ["user", "days", "begins", "ends"]


class BaseShifts(forms.BaseInlineFormSet[Shift, Series, ShiftForm]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = Q(is_active=True, is_staff=True)
        if self.instance.pk:
            # Who left may stay in a row: nobody is on duty then, until somebody changes it.
            listed |= Q(pk__in=self.instance.shifts.values("user"))
        self.users = User.objects.filter(listed).order_by("username")
        self.choices = [
            ("", gettext("Choose an owner")),
            *((user.pk, str(user)) for user in self.users),
        ]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["user"].queryset = self.users
        # Read once for all rows.
        form.fields["user"].widget.choices = self.choices
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove")


Shifts = forms.inlineformset_factory(
    Series, Shift, form=ShiftForm, formset=BaseShifts, extra=_SPARE, max_num=MOST, absolute_max=MOST
)
PREFIX = Shifts.get_default_prefix()
