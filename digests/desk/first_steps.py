"""The first steps of a new newsroom: a list on Today, until its user hides it. Who joins after the
first publication never sees it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from digests.desk.access import actor
from digests.desk.navigation import row_url, today_page, with_next
from digests.models import Digest, Item, Series, Site, Source, User


@dataclass(frozen=True)
class FirstStep:
    """A step with the page where it is taken. One that `may_wait` keeps nobody from the next."""

    title: str
    hint: str
    url: str
    is_done: bool
    may_wait: bool = False


def first_steps(user: User) -> list[FirstStep]:
    """The steps of the list that this user may take, if they see it. Costs a query for each."""
    if not user.sees_first_steps:
        return []
    return [
        step
        for permission, make in STEPS.items()
        if user.has_perm(f"digests.{permission}")
        for step in [make(user)]
    ]


def are_taken(steps: list[FirstStep]) -> bool:
    """Whether none is left that matters, so that the list can be hidden."""
    return all(step.is_done or step.may_wait for step in steps)


@require_POST
def hide_first_steps(request: HttpRequest) -> HttpResponse:
    User.objects.filter(pk=actor(request).pk).update(sees_first_steps=False)
    return today_page()


def _site(user: User) -> FirstStep:
    hint = gettext(
        "Its language, and who makes it. Its name is “%(name)s”; whoever runs the server sets"
        " another as SITE_NAME."
    )
    return FirstStep(
        gettext("Describe the site"),
        hint % {"name": settings.SITE_NAME},
        _form("admin:digests_site_change", 1),
        Site.objects.exclude(about="").exists(),
        may_wait=True,
    )


def _series(user: User) -> FirstStep:
    return FirstStep(
        gettext("Add the first series"),
        gettext("A digest that recurs: its name, its language and its time zone."),
        _form("admin:digests_series_add"),
        Series.objects.exists(),
    )


def _people(user: User) -> FirstStep:
    return FirstStep(
        gettext("Invite people"),
        gettext("Editors write, reviewers approve. Alone, you do both."),
        _form("admin:digests_user_add"),
        User.objects.exclude(pk=user.pk).filter(is_active=True).exists(),
        may_wait=True,
    )


def _sources(user: User) -> FirstStep:
    return FirstStep(
        gettext("Add sources"),
        gettext("The sites and accounts that your stories come from, and their bylines."),
        _form("admin:digests_source_add"),
        Source.objects.exists(),
        may_wait=True,
    )


def _stories(user: User) -> FirstStep:
    return FirstStep(
        gettext("Collect stories"),
        gettext("Paste links; the inbox keeps them until you choose."),
        reverse("admin:inbox"),
        Item.objects.exists(),
    )


def _digest(user: User) -> FirstStep:
    digest = Digest.objects.order_by("pk").first()
    return FirstStep(
        gettext("Publish the first digest"),
        gettext("Put stories into it, submit it, and approve it."),
        row_url(digest) if digest else reverse("admin:digests_digest_add"),
        Digest.objects.published().exists(),
    )


# Each with the permission that it needs.
STEPS = {
    "change_site": _site,
    "add_series": _series,
    "add_user": _people,
    "add_source": _sources,
    "add_item": _stories,
    "add_digest": _digest,
}


def _form(name: str, *args: int) -> str:
    """The address of a form that leads back to Today when it is saved."""
    return with_next(reverse(name, args=args), reverse("admin:index"))
