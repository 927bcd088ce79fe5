"""The embargo of a story: set on its page, seen beside it, and why its digest is not published."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from digests.accounts.roles import REVIEWER
from digests.editorial import items, lifecycle
from digests.editorial.errors import Embargoed
from digests.models import Digest, Item, User
from tests.factories import approve, draft, in_review, person, published, story
from tests.screens import below, errors, signed_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
FAR = datetime(2126, 12, 1, 12, tzinfo=UTC)  # 20:00 in Shanghai
CANNOT = "an embargo at the top ends later"


@pytest.fixture
def reviewer() -> User:
    reviewer = person(REVIEWER, username="rev")
    reviewer.time_zone = "Asia/Shanghai"
    reviewer.save()
    return reviewer


@pytest.fixture
def client(reviewer: User) -> Client:
    return signed_in(reviewer)


def typed(at: datetime | None) -> dict[str, str]:
    local = at.astimezone(ZoneInfo("Asia/Shanghai")) if at else None
    return {
        "not_before_0": f"{local:%Y-%m-%d}" if local else "",
        "not_before_1": f"{local:%H:%M:%S}" if local else "",
    }


def embargoed(until: datetime = FAR, headline: str = "秘密") -> Item:
    item = story(headline)
    return items.set_embargo(item, by=person(), version=item.version, not_before=until)


def test_an_embargo_is_typed_in_the_user_s_own_zone_and_ended_again(client: Client) -> None:
    item = story()
    page = below(item, "embargo")
    assertContains(client.get(below(item, "details")), page)
    answer = client.post(page, typed(FAR) | {"version": item.version}, follow=True)
    item.refresh_from_db()
    assert item.not_before == FAR
    assert answer.redirect_chain == [(below(item, "write"), 302)]
    assertContains(answer, "will not be published before")
    assertContains(answer, "2126-12-01 20:00")
    assertContains(client.get(below(item, "details")), "Embargo: not before")
    assertContains(client.get(page), 'value="2126-12-01"')
    answer = client.post(page, typed(None) | {"version": item.version}, follow=True)
    item.refresh_from_db()
    assert item.not_before is None
    assertContains(answer, "may be published at any time")


def test_an_embargo_ends_in_the_future_unless_it_is_left_as_it_is(client: Client) -> None:
    over = timezone.now().replace(microsecond=0) - HOUR
    item = story()
    page = below(item, "embargo")
    answer = client.post(page, typed(over) | {"version": item.version})
    assert "Choose a time in the future." in errors(answer.text)
    Item.objects.update(not_before=over)
    assert client.post(page, typed(over) | {"version": item.version}).status_code == 302


def test_an_embargo_over_another_s_change_is_refused_with_what_is_saved(client: Client) -> None:
    item = embargoed()
    sent = typed(FAR + HOUR) | {"version": item.version - 1}
    answer = client.post(below(item, "embargo"), sent)
    assert errors(answer.text)
    assertContains(answer, "What is saved now:")
    item.refresh_from_db()
    assert item.not_before == FAR


def test_half_a_time_is_none(client: Client) -> None:
    item = story()
    sent = {"not_before_0": "2126-12-01", "not_before_1": "", "version": item.version}
    assert errors(client.post(below(item, "embargo"), sent).text)
    item.refresh_from_db()
    assert item.not_before is None


def test_compose_flags_a_story_that_is_too_early_for_the_digest(client: Client) -> None:
    digest = draft(embargoed(), date=FAR + HOUR)
    page = client.get(below(digest, "compose"))
    assertContains(page, "not before 2126-12-01 20:00")
    assertNotContains(page, "may not be published before")
    Digest.objects.update(date=FAR - HOUR)
    page = client.get(below(digest, "compose"))
    assertContains(page, "“秘密” may not be published before")


def test_the_pool_flags_an_embargo_as_well(client: Client) -> None:
    embargoed(headline="等待")
    page = client.get(below(draft(), "compose"))
    assertContains(page, "not before 2126-12-01 20:00")


def test_what_an_embargo_refuses_is_seen_before_one_approves(client: Client) -> None:
    digest = in_review(embargoed(), date=FAR - HOUR)
    page = client.get(below(digest, "approve"))
    assertContains(page, "“秘密” may not be published before")
    assertContains(page, CANNOT)
    assertNotContains(page, "Approve this version")
    with pytest.raises(Embargoed):
        approve(digest)
    items.set_embargo(
        item := Item.objects.get(), by=person(), version=item.version, not_before=None
    )
    page = client.get(below(digest, "approve"))
    assertNotContains(page, CANNOT)
    assertContains(page, "Approve this version")


def test_an_embargo_that_is_over_keeps_no_late_digest(client: Client) -> None:
    """Its date was before the embargo's end, and it is approved after that."""
    digest = in_review(embargoed(), date=timezone.now() - 2 * HOUR)
    Item.objects.update(not_before=timezone.now() - HOUR)
    page = client.get(below(digest, "approve"))
    assertNotContains(page, CANNOT)
    assert approve(digest).status == Digest.Status.PUBLISHED


def test_a_digest_that_is_held_says_why(client: Client) -> None:
    item = story("秘密")
    digest = approve(in_review(item, date=timezone.now() + HOUR))
    assert digest.status == Digest.Status.APPROVED
    item.refresh_from_db()
    items.set_embargo(item, by=person(), version=item.version, not_before=FAR)
    Digest.objects.update(date=timezone.now() - HOUR)
    assert lifecycle.publish_due() == 0
    for page in ("compose", "approve"):
        assertContains(client.get(below(digest, page)), "“秘密” may not be published before")


def test_a_digest_that_failed_says_why_and_when_it_is_tried_again(client: Client) -> None:
    digest = approve(in_review(date=timezone.now() + HOUR))
    Digest.objects.update(hold_reason=lifecycle.SEE_LOG.message, held_until=FAR)
    page = client.get(below(digest, "compose"))
    assertContains(page, "It could not be published: An error kept it from readers")
    assertContains(page, "2126-12-01 20:00")
    assertContains(client.get(below(digest, "approve")), "It could not be published")


def test_what_is_published_speaks_of_no_embargo(client: Client) -> None:
    item = story("秘密")
    digest = published(item)
    item.refresh_from_db()
    items.set_embargo(item, by=person(), version=item.version, not_before=FAR)
    assertNotContains(client.get(below(digest, "compose")), "may not be published before")
