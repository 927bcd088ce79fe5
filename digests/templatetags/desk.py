"""What the desk's templates need: short words for times, text in quotation marks, and sentences
side by side."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.template.defaultfilters import stringfilter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext

from digests.desk.moment import moment_of
from digests.text.characters import in_quotes, join_sentences, spaced
from digests.text.format.editable import editable

register = template.Library()

MINUTE = timedelta(minutes=1)


@register.filter
def age(moment: datetime) -> str:
    """How long ago, in one short word: “just now”, “12 min”, “3 h”, “5 d”."""
    return gettext("just now") if is_now(moment) else _short(timezone.now() - moment)


@register.filter
def ago(moment: datetime) -> str:
    """The same in a sentence: “just now”, “12 min ago”."""
    if is_now(moment):
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": _short(timezone.now() - moment)}


@register.filter
def until(moment: datetime) -> str:
    """How long until then, in one short word."""
    return _short(moment - timezone.now())


@register.filter
def is_now(moment: datetime) -> bool:
    """Whether the moment is within a minute of now, too close for `age` and `until`."""
    return abs(moment - timezone.now()) < MINUTE


@register.filter
def is_past(moment: datetime) -> bool:
    return moment <= timezone.now()


@register.simple_tag(takes_context=True)
def countdown(context: Context, moment: datetime, danger: timedelta | None = None) -> str:
    """How long until something is due, or how late it is, which a script keeps up to date; marked
    when it is late, and within `danger` of its time."""
    left = moment - moment_of(context["request"])
    if abs(left) < MINUTE:
        words = gettext("due now")
    elif left < timedelta():
        words = gettext("late by %(time)s") % {"time": _short(-left)}
    else:
        words = gettext("in %(time)s") % {"time": _short(left)}
    limit = int(danger.total_seconds()) if danger else 0
    seconds = int(left.total_seconds())
    level = "late" if seconds <= -60 else "soon" if seconds < max(limit, 60) else "calm"
    return format_html(
        '<span class="countdown" data-countdown="{}" data-danger="{}" data-level="{}">{}</span>',
        *(seconds, limit, level, words),
    )


@register.simple_tag(takes_context=True)
def time_left(context: Context, moment: datetime) -> str:
    """How long until then, or since then, at least a minute, in one short word that a script keeps
    up to date."""
    left = moment - moment_of(context["request"])
    return format_html(
        '<span data-countdown="{}" data-bare>{}</span>',
        int(left.total_seconds()),
        _short(max(abs(left), MINUTE)),
    )


@register.filter
def length_of(passed: timedelta) -> str:
    """A length of time in one short word."""
    return _short(passed)


register.filter(editable)
register.filter("sentences", join_sentences)
register.filter("spaced", stringfilter(spaced), is_safe=True)


@register.filter
def here(local: datetime, zone: str) -> str:
    """What a clock in the user's own zone shows at this moment, which is in another: the time, and
    the day if that differs. Empty if it shows the same, or the user has chosen no zone."""
    if not zone:
        return ""
    own = local.astimezone(ZoneInfo(zone))
    if own.utcoffset() == local.utcoffset():
        return ""
    is_same_day = own.date() == local.date()
    return date_format(own, "TIME_FORMAT" if is_same_day else "SHORT_DATETIME_FORMAT")


@register.simple_tag(takes_context=True)
def time_of_day(context: Context, local: datetime) -> str:
    """A local time as 18:30, or with its day if that is not today there."""
    today = moment_of(context["request"]).astimezone(local.tzinfo).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"


@register.filter
def within_quotes(text: object) -> str:
    """The text as it stands between quotation marks."""
    return in_quotes(str(text))


def _short(passed: timedelta) -> str:
    passed = max(passed, timedelta())
    if passed < timedelta(hours=1):
        return gettext("%(count)s min") % {"count": passed // MINUTE}
    if passed < timedelta(days=2):
        return gettext("%(count)s h") % {"count": passed // timedelta(hours=1)}
    return gettext("%(count)s d") % {"count": passed.days}
