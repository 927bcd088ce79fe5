"""The form of a series, and the one that pauses its schedule."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.desk.admin.schedule_form import ScheduleForm
from digests.desk.admin.shifts import PREFIX, Shifts
from digests.editorial import filing
from digests.editorial.guards import Actor
from digests.models import Series


class SeriesForm(ScheduleForm):
    class Meta:
        model = Series
        fields = [
            *("name", "language", "time_zone", "slug", "path_pattern", "schedule"),
            *("title_pattern", "lead_minutes", "late_minutes", "tells_next", "window_hours"),
            *("least_stories", "most_stories", "four_eyes", "four_eyes_override", "shows_review"),
            *("headline_max", "body_min", "body_max", "bold_max", "spacing", "link_hosts", "extra"),
        ]
        labels = {
            "slug": _("Address"),
            "four_eyes": _("Requires a second reviewer"),
            "link_hosts": _("Allowed hosts of links"),
            "schedule": _("Lines of cron"),
        }
        help_texts = {
            "slug": _("Letters a–z, digits and hyphens. Left empty, it is made from the name."),
        }
        widgets = {"schedule": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        # Sent without them, or without a schedule, the form leaves the shifts as they are.
        has_shifts = f"{PREFIX}-TOTAL_FORMS" in self.data and self.data.get("recurrence")
        self.shifts = Shifts(self.data if has_shifts else None, instance=self.instance)

    def clean_slug(self) -> str:
        given = self.cleaned_data["slug"]
        return given or Series.objects.free_slug(self.cleaned_data.get("name", ""))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.shifts.is_bound and not self.shifts.is_valid():
            self.add_error(None, gettext("There is an error in the shifts."))
        return given

    def save_related(self, by: Actor) -> None:
        if "categories" in self.changed_data:
            filing.file_drafts(self.instance, self.cleaned_data["categories"], by=by)
        if self.shifts.is_bound:
            self.shifts.save()

    @property
    def changes_slots(self) -> bool:
        changes_owners = self.shifts.is_bound and self.shifts.has_changed()
        return super().changes_slots or bool(self.instance.schedule and changes_owners)


class PauseForm(forms.Form):
    resumes_on = forms.DateField(
        label=_("Resume on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
