"""What readers gain: the site's language, counted months, a search index in another form, and
categories that are one whatever the letters."""

import itertools
from typing import Any

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import digests.models.catalogue
import digests.models.fields
import digests.models.site


def choose_language(apps: Any, schema_editor: Any) -> None:
    """Let the site speak as it did, unless somebody wrote its description in a language."""
    site = apps.get_model("digests", "Site").objects.first()
    if site is None or site.about:
        return
    live = apps.get_model("digests", "Digest").objects.exclude(live_date=None)
    languages = set(live.order_by().values_list("series__language", flat=True).distinct())
    site.language = languages.pop() if len(languages) == 1 else settings.LANGUAGE_CODE
    site.save()


def count_months(apps: Any, schema_editor: Any) -> None:
    live = apps.get_model("digests", "Digest").objects.exclude(live_date=None)
    days = live.order_by("live_day").values_list("live_day").annotate(models.Count("pk"))
    month = apps.get_model("digests", "Month")
    month.objects.bulk_create(
        month(first=first, digests=sum(count for _day, count in counted))
        for first, counted in itertools.groupby(days, lambda row: row[0].replace(day=1))
    )


def fold_names(apps: Any, schema_editor: Any) -> None:
    """Fold the names, and keep of each set of twins the one with the most digests, the oldest of
    several. Only SQLite has twins here, whose letters are not of ASCII."""
    category = apps.get_model("digests", "Category")
    line = apps.get_model("digests", "DigestCategory")
    kept: dict[str, Any] = {}
    counted = category.objects.annotate(count=models.Count("digests", distinct=True))
    for row in counted.order_by("-count", "pk"):
        first = kept.setdefault(row.name.casefold(), row)
        if first is row:
            category.objects.filter(pk=row.pk).update(folded=row.name.casefold())
            continue
        lines = line.objects.filter(category=row)
        lines.filter(digest__filed_under__category=first).delete()
        lines.update(category=first)
        row.delete()
    # PostgreSQL makes no index while references to the rows are still to be checked.
    schema_editor.connection.check_constraints()


# The beginnings of words are looked up like those of three letters; tokens of Chinese have two
# characters at most, so they are not indexed once more.
WORDS = """
    CREATE VIRTUAL TABLE digests_search_words USING fts5(
        marks, head, body,
        content='digests_search', content_rowid='key', tokenize='ascii', prefix='{prefix}'
    )
"""


def index_beginnings(apps: Any, schema_editor: Any) -> None:
    make_words(schema_editor, prefix="1 3")


def index_characters(apps: Any, schema_editor: Any) -> None:
    make_words(schema_editor, prefix="1")


def make_words(schema_editor: Any, *, prefix: str) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    for statement in (
        "DROP TABLE digests_search_words",
        WORDS.format(prefix=prefix),
        "INSERT INTO digests_search_words (digests_search_words) VALUES ('rebuild')",
    ):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("digests", "0008_heartbeat")]

    operations = [
        migrations.RenameField("site", "about_language", "language"),
        migrations.AlterField(
            "site",
            "language",
            digests.models.fields.LanguageField(
                default=digests.models.site.default_language,
                help_text=(
                    "Of all readers' pages that belong to no series, and of the text above."
                ),
                verbose_name="language",
            ),
        ),
        migrations.AddField(
            "site",
            "edition_at",
            models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            "site", "index_version", models.PositiveSmallIntegerField(default=0, editable=False)
        ),
        migrations.RunPython(choose_language, migrations.RunPython.noop),
        migrations.CreateModel(
            "Month",
            fields=[
                (
                    "first",
                    models.DateField(primary_key=True, serialize=False, verbose_name="first day"),
                ),
                ("digests", models.PositiveIntegerField(verbose_name="digests")),
            ],
            options={
                "verbose_name": "month",
                "verbose_name_plural": "months",
                "default_permissions": (),
            },
        ),
        migrations.RunPython(count_months, migrations.RunPython.noop),
        migrations.RemoveConstraint("category", "category_once_whatever_case"),
        migrations.AddField(
            "category",
            "folded",
            models.CharField(editable=False, max_length=300, null=True),
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
        migrations.AlterField(
            "category",
            "folded",
            digests.models.catalogue.FoldedNameField(editable=False, max_length=300, unique=True),
        ),
        migrations.RunPython(index_beginnings, index_characters),
    ]
