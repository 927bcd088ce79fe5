"""What the commands have in common."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

pytestmark = pytest.mark.django_db

COMMANDS = [
    ("login_link", "ann"),
    ("import_digests", "digests", "--series=global-ai"),
    ("export_digests",),
    ("rebuild_search",),
    ("rerender",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_on_a_database_without_tables_says_so(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CommandError, match="There is no newsroom in this database yet"):
        call_command(*command)
