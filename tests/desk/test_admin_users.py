"""People in the admin: let in by one-time links, deactivated, never deleted."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from digests.accounts.roles import ADMINISTRATOR, EDITOR, REVIEWER
from digests.models import User
from tests.desk.test_sign_in import is_signed_in, set_password
from tests.factories import person
from tests.screens import below, change, errors, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/digests/user/"
ADD = "/admin/digests/user/add/"


@pytest.fixture
def administrator() -> Client:
    return signed_in(person(ADMINISTRATOR, username="ada"))


@pytest.fixture
def superuser() -> Client:
    return signed_in(User.objects.create_superuser("root", password="password"))


def role(name: str) -> int:
    return Group.objects.get(name=name).pk


def sent(user: User, **fields: object) -> dict[str, object]:
    groups = [group.pk for group in user.groups.all()]
    return {"username": user.username, "groups": groups, "is_active": "on"} | fields


def link_in(html: str) -> str:
    found = re.search(r'class="one-time-link"[^>]*value="([^"]+)"', html)
    assert found
    return found[1]


def test_a_new_user_comes_in_by_a_one_time_link(administrator: Client) -> None:
    data = {"username": "new", "groups": [role(EDITOR)], "is_active": "on"}
    answer = administrator.post(ADD, data | {"time_zone": "Asia/Shanghai", "language": "zh-hans"})
    user = User.objects.get(username="new")
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser, user.time_zone) == (True, False, "Asia/Shanghai")
    client = Client()
    set_password(client, link_in(answer.text))
    assert is_signed_in(client)
    # It was shown that once, and is kept nowhere.
    assert "one-time-link" not in administrator.get(change(user)).text


def test_users_are_listed_by_whether_they_may_sign_in(administrator: Client) -> None:
    person(username="gone", is_active=False)
    for state, names in {"active": ["ada"], "deactivated": ["gone"], "x": ["ada", "gone"]}.items():
        page = administrator.get(LIST, {"state": state}).text
        assert re.findall(r'<th class="field-username"><a[^>]*>(\w+)<', page) == names
    chinese = {"accept-language": "zh-hans"}
    chosen = administrator.get(LIST, {"state": "deactivated"}, headers=chinese)
    assert "状态：<strong>已停用</strong>" in chosen.text


def test_a_new_link_is_made_by_post(administrator: Client) -> None:
    user = person(username="ed")
    address = below(user, "link")
    assert administrator.get(address).status_code == 405
    client = Client()
    set_password(client, link_in(administrator.post(address).text))
    assert is_signed_in(client)


def test_no_form_asks_for_a_password(administrator: Client) -> None:
    user = person(username="ed")
    for address in (ADD, change(user)):
        assert "password" not in re.findall(r'name="(\w+)"', administrator.get(address).text)
    assert administrator.get(f"{LIST}{user.pk}/password/").status_code in {302, 404}
    hash_before = user.password
    administrator.post(change(user), sent(user, password="x", password1="x"))
    user.refresh_from_db()
    assert user.password == hash_before


def test_users_are_deactivated_and_never_deleted(administrator: Client) -> None:
    user = person(username="ed")
    answer = administrator.post(reverse("admin:digests_user_delete", args=[user.pk]), {"post": "y"})
    assert answer.status_code == 403
    administrator.post(
        LIST, {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"}
    )
    data = sent(user)
    del data["is_active"]
    administrator.post(change(user), data)
    user.refresh_from_db()
    assert not user.is_active


def test_nobody_deactivates_themselves(administrator: Client) -> None:
    user = User.objects.get(username="ada")
    data = sent(user)
    del data["is_active"]
    assert "cannot deactivate yourself" in errors(administrator.post(change(user), data).text)
    user.refresh_from_db()
    assert user.is_active


def test_an_administrator_gives_roles_and_no_power_beyond_them(administrator: Client) -> None:
    user = person(username="ed")
    custom = Group.objects.create(name="Custom")
    permission = Permission.objects.get(codename="delete_permission")
    power = {"is_superuser": "on", "is_staff": "on", "user_permissions": [permission.pk]}
    administrator.post(change(user), sent(user, groups=[role(REVIEWER)], **power))
    user.refresh_from_db()
    assert [group.name for group in user.groups.all()] == [REVIEWER]
    assert not user.is_superuser
    assert not user.user_permissions.exists()
    answer = administrator.post(change(user), sent(user, groups=[custom.pk]))
    assert errors(answer.text)


def test_an_administrator_takes_no_group_away_by_saving(administrator: Client) -> None:
    user = person(username="ed")
    user.groups.add(Group.objects.create(name="Custom"))
    administrator.post(change(user), sent(user, first_name="Ed"))
    user.refresh_from_db()
    assert user.first_name == "Ed"
    assert {group.name for group in user.groups.all()} == {EDITOR, "Custom"}


def test_an_administrator_cannot_touch_a_superuser(administrator: Client) -> None:
    root = User.objects.create_superuser("root", password="password")
    assert administrator.get(change(root)).status_code == 200
    assert 'name="username"' not in administrator.get(change(root)).text
    assert administrator.post(change(root), sent(root, username="x")).status_code == 403
    assert administrator.post(below(root, "link")).status_code == 403


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("by", ["group", "person"])
def test_an_administrator_cannot_touch_who_holds_more(
    administrator: Client, by: str, active: bool
) -> None:
    user = person(ADMINISTRATOR, username="ed", is_active=active)
    more = Permission.objects.get(codename="change_group")
    if by == "person":
        user.user_permissions.add(more)
    else:
        custom = Group.objects.create(name="Custom")
        custom.permissions.add(more)
        user.groups.add(custom)
    assert 'name="email"' not in administrator.get(change(user)).text
    data = sent(user, email="ada@example.org")
    assert administrator.post(change(user), data).status_code == 403
    assert administrator.post(below(user, "link")).status_code == 403
    user.refresh_from_db()
    assert (user.email, user.is_active) == ("", active)


def test_an_administrator_changes_who_holds_as_much(administrator: Client) -> None:
    user = person(ADMINISTRATOR, username="ed")
    administrator.post(change(user), sent(user, email="ed@example.org"))
    user.refresh_from_db()
    assert user.email == "ed@example.org"
    assert administrator.post(below(user, "link")).status_code == 200


def test_an_administrator_who_holds_more_than_the_role_changes_themselves(
    administrator: Client,
) -> None:
    user = User.objects.get(username="ada")
    user.user_permissions.add(Permission.objects.get(codename="change_group"))
    administrator.post(change(user), sent(user, email="ada@example.org", is_superuser="on"))
    user.refresh_from_db()
    assert (user.email, user.is_superuser) == ("ada@example.org", False)


def test_nobody_gives_a_role_that_holds_more_than_they_do() -> None:
    porter = person(EDITOR, username="porter")
    porter.user_permissions.add(*Permission.objects.filter(content_type__model="user"))
    client = signed_in(porter)
    Group.objects.create(name="Custom")  # that nobody is in
    for name, given in [(EDITOR, True), (ADMINISTRATOR, False), ("Custom", False)]:
        data = {"username": name, "groups": [role(name)], "is_active": "on"}
        answer = client.post(ADD, data)
        assert User.objects.filter(username=name).exists() == given, errors(answer.text)
    client.post(change(porter), sent(porter, groups=[role(ADMINISTRATOR)]))
    assert [group.name for group in porter.groups.all()] == [EDITOR]


def test_a_superuser_gives_power_beyond_the_roles(superuser: Client) -> None:
    user = person(username="ed")
    superuser.post(change(user), sent(user, is_superuser="on"))
    user.refresh_from_db()
    assert user.is_superuser


@pytest.mark.parametrize("role", [EDITOR, REVIEWER])
def test_other_roles_do_not_see_the_users(role: str) -> None:
    client = signed_in(person(role))
    other = person(username="other")
    for address in (LIST, ADD, change(other)):
        assert client.get(address).status_code == 403
    answer = client.post(below(other, "link"))
    assert answer.status_code == 403
    assert "Your roles do not allow it." in answer.text


def test_no_list_is_filtered_by_a_password(administrator: Client) -> None:
    assert administrator.get(LIST, {"password__startswith": "md5"}).status_code == 400
