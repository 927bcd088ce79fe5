"""Every address and operation, found automatically: none serves users who may not use it."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from ninja import NinjaAPI

from digests.accounts.roles import EDITOR, ROLES
from digests.editorial import compose, guards
from digests.models import HistoryEntry, Item, User
from newsroom.api import api, desk
from tests.desk.test_role_doors import admin_addresses
from tests.editorial.test_roles import state
from tests.factories import draft, in_review, person, published, source, story
from tests.scenes import ALLOWED, user_of_role
from tests.screens import Response, signed_in

pytestmark = pytest.mark.django_db

# Whose pages are for everybody, and for everybody who is signed in.
WAYS_IN = {
    "login", "logout", "jsi18n",
    "password_reset", "password_reset_done", "password_reset_confirm",
}  # fmt: skip
OWN = {"index", "own_settings", "password_change", "password_change_done"}
# They take away what is one's own and nothing else, see test_roles.py.
HARMLESS = {"leave", "release", "drop_draft"}


@pytest.fixture
def rows() -> dict[str, Any]:
    """A row for whatever an address asks for."""
    item = story(status=Item.Status.DRAFT, source=source())
    digest = draft(item, story())
    digest = compose.add_section(digest, "研究", by=digest.owner, version=digest.version)
    return {"item": item, "digest": digest, "live": published(), "review": in_review()}


def numbers(rows: dict[str, Any]) -> dict[str, int]:
    digest = rows["digest"]
    return {
        "digest": digest.pk,
        "item": rows["item"].pk,
        "series": digest.series_id,
        "category": digest.categories.get().pk,
        "group": Group.objects.get(name=EDITOR).pk,
        "user": digest.owner_id,
        "source": rows["item"].source_id,
        "exportedfile": 0,
        "site": 1,
    }


def sample(schema: dict[str, Any], parts: dict[str, Any], rows: dict[str, Any], name: str) -> Any:
    """Something that the schema allows, and that means a real row where it can."""
    if "$ref" in schema:
        return sample(parts[schema["$ref"].rpartition("/")[2]], parts, rows, name)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return sample(schema[several][0], parts, rows, name)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "default" in schema:
        return schema["default"]
    if schema.get("type") == "object":
        found = schema.get("properties", {})
        return {key: sample(found[key], parts, rows, key) for key in found}
    if schema.get("type") == "array":
        return [sample(schema.get("items", {}), parts, rows, name.removesuffix("s"))]
    if schema.get("type") in ("integer", "number"):
        return number(name, "", rows)
    return False if schema.get("type") == "boolean" else "x"


def number(name: str, path: str, rows: dict[str, Any]) -> int:
    noun = "item" if "item" in f"{name} {path}" else "digest"
    if name == "version":
        return int(rows["digest"].version)
    if name == "section":
        return int(rows["digest"].sections.get().pk)
    return int(rows[noun].pk)


def operations(an_api: NinjaAPI, rows: dict[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """(id, method, address, body) of every operation, with real rows where it names any."""
    schema: Any = an_api.get_openapi_schema()
    parts = schema.get("components", {}).get("schemas", {})
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            choices = [
                [(given["name"], value) for value in values(given, path, rows)]
                for given in operation.get("parameters", [])
                if given["in"] == "path"
            ]
            content = operation.get("requestBody", {}).get("content", {})
            asked = content.get("application/json", {}).get("schema")
            body = sample(asked, parts, rows, "") if asked else {}
            for chosen in product(*choices):
                address = path.format(**dict(chosen))
                yield operation["operationId"], method, address, body


def values(parameter: dict[str, Any], path: str, rows: dict[str, Any]) -> list[object]:
    """What to try in the place of a parameter: each of its choices, else something real."""
    schema = parameter["schema"]
    if schema.get("type") == "integer":
        return [number(parameter["name"], path, rows)]
    return schema.get("enum") or [{"series": "global-ai"}.get(parameter["name"], "x")]


def call(client: Client, method: str, address: str, body: Any) -> Response:
    if method == "get":
        return client.get(address)
    answer: Response = getattr(client, method)(address, body, "application/json")
    return answer


def who(name: str) -> Client:
    return Client() if name == "anonymous" else signed_in(user_of_role(name))


def breaches(client: Client, rows: dict[str, Any]) -> list[str]:
    """Operations of the desk that serve this client, or change anything for it."""
    found = []
    for identity, method, address, body in operations(desk, rows):
        before = state()
        answer = call(client, method, address, body)
        served = answer.status_code < 300 and identity not in HARMLESS
        if served or answer.status_code >= 500 or state() != before:
            found.append(f"{identity}: {answer.status_code}")
    return found


@pytest.mark.parametrize("name", ["anonymous", "member", "inactive"])
def test_no_operation_of_the_desk_serves_who_has_no_role(name: str, rows: dict[str, Any]) -> None:
    assert breaches(who(name), rows) == []


@pytest.mark.parametrize("name", ["anonymous", "inactive"])
def test_the_desk_answers_401_until_somebody_signs_in(name: str, rows: dict[str, Any]) -> None:
    client = who(name)
    answers = {
        identity: call(client, method, address, body).status_code
        for identity, method, address, body in operations(desk, rows)
    }
    assert set(answers.values()) == {401}, answers


def test_an_operation_that_asks_for_no_permission_would_be_found(
    rows: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "allowed", lambda by, permission: True)
    assert breaches(who("member"), rows)


def test_the_operations_are_tried_with_something_they_could_do(rows: dict[str, Any]) -> None:
    """What the walk sends is no nonsense: most operations serve a superuser."""
    client = signed_in(user_of_role("superuser"))
    answers = [
        call(client, method, address, body).status_code
        for _identity, method, address, body in operations(desk, rows)
    ]
    assert all(status < 500 for status in answers)
    assert sum(status in (200, 201, 204, 409) for status in answers) * 2 >= len(answers)


@pytest.mark.parametrize("name", [role.lower() for role in ROLES])
def test_whatever_a_role_does_through_the_api_is_what_it_may_do(
    name: str, rows: dict[str, Any]
) -> None:
    user = user_of_role(name)
    client = signed_in(user)
    for _identity, method, address, body in operations(desk, rows):
        assert call(client, method, address, body).status_code < 500, address
    assert deeds(user) <= {verb for verb, roles in ALLOWED.items() if name in roles}


def deeds(user: User) -> set[str]:
    """The verbs of what this user did, as the table of roles names them."""
    names = {
        "item": {"add": "add_item", "edit": "edit_item", "approve": "approve_item"},
        "digest": {
            "add": "new_digest",
            "edit": "edit_digest",
            "reopen": "reopen_digest",
            "reorder": "place",
        },
    }
    return {
        names["digest" if move.digest_id else "item"].get(move.action, move.action)
        for move in HistoryEntry.objects.filter(actor=user)
    }


@pytest.mark.parametrize("name", ["anonymous", "member", "inactive"])
def test_no_page_of_the_admin_serves_who_has_no_role(name: str, rows: dict[str, Any]) -> None:
    client = who(name)
    before, tried = state(), 0
    for page, address in admin_addresses(numbers(rows)):
        if page in WAYS_IN or (name == "member" and page in OWN):
            continue
        tried += 1
        for answer in (client.get(address), client.post(address, posted(rows))):
            assert answer.status_code in (302, 400, 401, 403, 404, 405), (page, address)
    assert tried > 50
    assert state() == before


def posted(rows: dict[str, Any]) -> dict[str, object]:
    """What could make a screen act, of all screens at once."""
    return {
        "version": rows["digest"].version,
        "do": "remove",
        "item": rows["item"].pk,
        "digest": rows["digest"].pk,
        "number": 1,
        "heading": "X",
        "note": "X",
        "text": "https://example.org/pasted",
        "post": "yes",
    }


@pytest.mark.parametrize("name", [role.lower() for role in ROLES])
def test_whatever_a_role_does_through_the_pages_is_what_it_may_do(
    name: str, rows: dict[str, Any]
) -> None:
    user = user_of_role(name)
    client = signed_in(user)
    addresses = [
        address
        for row in ("digest", "live", "review")
        for page, address in admin_addresses(numbers(rows) | {"digest": rows[row].pk})
        if page not in WAYS_IN | OWN
    ]
    for address in dict.fromkeys(addresses):
        assert client.post(address, posted(rows)).status_code < 500, address
    assert deeds(user) <= {verb for verb, roles in ALLOWED.items() if name in roles}


def test_nothing_is_done_without_a_token(rows: dict[str, Any]) -> None:
    client = signed_in(user_of_role("superuser"), enforce_csrf_checks=True)
    before = state()
    for identity, method, address, body in operations(desk, rows):
        if method != "get":
            assert call(client, method, address, body).status_code == 403, identity
    for page, address in admin_addresses(numbers(rows)):
        assert client.post(address, posted(rows)).status_code in (403, 405), page
    assert state() == before


def test_the_readers_api_serves_everybody_and_changes_nothing(rows: dict[str, Any]) -> None:
    before = state()
    for identity, method, address, _body in operations(api, rows):
        assert method == "get", identity
        assert Client().get(address).status_code in (200, 404), identity
    assert state() == before


def test_the_desks_own_documents_are_for_staff() -> None:
    reader = signed_in(person(None))
    for page in ("openapi.json", "docs"):
        address = reverse("desk:api-root") + page
        for client in (Client(), reader):
            answer = client.get(address)
            assert answer.status_code == 302
            assert reverse("admin:login") in answer["Location"]
        assert signed_in(person(EDITOR)).get(address).status_code == 200
