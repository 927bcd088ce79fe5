"""The API's contract as it is written down, because programs elsewhere rely on it."""

import json
from typing import Any

from django.test import Client

from newsroom.api import api
from tests.embedded import ROOT

WRITTEN = ROOT / "tests/data/openapi.json"


def test_the_api_is_the_one_that_is_written_down(client: Client) -> None:
    """After a wanted change: `python manage.py export_openapi_schema --api newsroom.api.api …`."""
    served = client.get("/api/v1/openapi.json").json()
    assert served == json.loads(WRITTEN.read_text())


def test_every_operation_says_how_it_may_refuse() -> None:
    for path, methods in api.get_openapi_schema()["paths"].items():
        assert set(methods) == {"get"}
        operation = methods["get"]
        answers = set(operation["responses"])
        assert {200, 429} <= answers, path
        assert (422 in answers) == bool(operation["parameters"]), path
        assert (404 in answers) == ("{" in path), path
        assert operation["summary"] and operation["description"], path


def test_every_filter_and_every_answer_has_an_example() -> None:
    document = api.get_openapi_schema()
    for path, methods in document["paths"].items():
        for parameter in methods["get"]["parameters"]:
            if parameter["in"] == "query" and parameter["name"] not in ("limit", "cursor", "order"):
                assert example(parameter["schema"]), f"{path} {parameter['name']}"
    for name in (
        "Series",
        "Slot",
        "Category",
        "Source",
        "DigestSummary",
        "Run",
        "StoryDetail",
        "Hit",
    ):
        for key, schema in document["components"]["schemas"][name]["properties"].items():
            assert example(schema) or "$ref" in str(schema), f"{name} {key}"


def example(schema: dict[str, Any]) -> object:
    return schema.get("examples")


def test_every_number_that_one_may_give_is_bounded() -> None:
    for methods in api.get_openapi_schema()["paths"].values():
        for parameter in methods["get"]["parameters"]:
            schema = parameter["schema"]
            if schema.get("type") == "integer":
                assert {"minimum", "maximum"} <= set(schema)
