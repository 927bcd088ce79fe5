"""`manage.py configuration`: prints README's table of every variable that the settings read."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from newsroom.env import Variable
from newsroom.settings import env

START, END = "<!-- configuration -->\n", "<!-- /configuration -->\n"


class Command(BaseCommand):
    help = "Prints the table of every variable the settings read, in Markdown."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="put it into README.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(table(env.variables), ending="")
            return
        readme = settings.BASE_DIR / "README.md"
        before, _, rest = readme.read_text(encoding="utf-8").partition(START)
        after = rest.partition(END)[2]
        text = before + START + table(env.variables) + END + after
        readme.write_text(text, encoding="utf-8")


def table(variables: Iterable[Variable]) -> str:
    """The lines of the Markdown table: name, default, help."""
    rows = [
        f"| `{variable.name}` | {variable.default} | {variable.help} |\n" for variable in variables
    ]
    return "".join(["| Variable | Default | Meaning |\n", "| --- | --- | --- |\n", *rows])
