"""Lists of choices, whose options we write without a template for each."""

import pytest
from django.forms import Select, SelectMultiple
from django.forms.renderers import DjangoTemplates
from pytest_django.asserts import assertHTMLEqual

CHOICES = [
    ("", "—"),
    ("Asia/Shanghai", "上海 <UTC+8> & more"),
    ("Europe", [('a"b', "London"), (2, "Paris")]),
]


@pytest.mark.parametrize("widget", [Select, SelectMultiple])
@pytest.mark.parametrize("chosen", [[""], ["Asia/Shanghai"], ["2"], ["nothing"], ['a"b', "2"]])
def test_a_list_of_choices_is_written_as_django_writes_it(
    widget: type[Select], chosen: list[str]
) -> None:
    select = widget({"class": "zone", "required": True}, CHOICES)
    ours, djangos = (
        select.render("zone", chosen, {"id": "id_zone"}, renderer)
        for renderer in (None, DjangoTemplates())
    )
    assertHTMLEqual(ours, djangos)
    assert ours.count("<option") == 4
