"""What the commands have in common."""

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import connection

pytestmark = pytest.mark.django_db

COMMANDS = [
    ("login_link", "ann"),
    ("import_digests", "digests", "--series=global-ai"),
    ("export_digests",),
    ("rebuild_search",),
    ("rerender",),
    ("backup", "news.tar.gz"),
]
# They make the tables, or need none.
WITHOUT_TABLES = {"configuration", "demo", "migrate", "restore", "runserver", "up"}


def test_each_command_of_ours_is_tried_that_needs_tables() -> None:
    ours = {name for name, app in get_commands().items() if app in ("digests", "newsroom")}
    assert ours - WITHOUT_TABLES == {command[0] for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_on_a_database_without_tables_says_so(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CommandError, match="There is no newsroom in this database yet"):
        call_command(*command)
