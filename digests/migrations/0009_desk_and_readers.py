"""What editors and readers gain: presence with unsaved text, the site's language, counted months, a
search index in another form, categories that are one whatever the letters, reasons of the export in
each language, and other labels."""

import itertools
from typing import Any

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import digests.models.catalogue
import digests.models.digest
import digests.models.fields
import digests.models.series
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


def hide_first_steps(apps: Any, schema_editor: Any) -> None:
    """Hide the first steps of a newsroom that has published."""
    if apps.get_model("digests", "Digest").objects.exclude(published_at=None).exists():
        apps.get_model("digests", "User").objects.update(sees_first_steps=False)


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
                    "Of all readers’ pages that belong to no series, and of the text above."
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
        migrations.AddField(
            "exportedfile", "error_params", models.JSONField(default=dict, editable=False)
        ),
        migrations.AddField(
            "sweepreport", "error_params", models.JSONField(default=dict, editable=False)
        ),
        # What several editors at once need, then labels.
        migrations.AddField(
            model_name="presence",
            name="is_unsaved",
            field=models.BooleanField(default=False, verbose_name="has unsaved text"),
        ),
        migrations.AddField(
            model_name="user",
            name="sees_first_steps",
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.RunPython(hide_first_steps, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="claim",
            name="until",
            field=models.DateTimeField(db_index=True, verbose_name="until"),
        ),
        migrations.AlterField(
            model_name="item",
            name="status",
            field=models.CharField(
                choices=[
                    ("inbox", "inbox"),
                    ("draft", "shortlisted"),
                    ("approved", "approved"),
                    ("rejected", "rejected"),
                ],
                default="inbox",
                editable=False,
                max_length=20,
                verbose_name="status",
            ),
        ),
        migrations.AlterModelOptions(
            name="item",
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [("approve_item", "Can approve items")],
                "verbose_name": "story",
                "verbose_name_plural": "stories",
            },
        ),
        migrations.AlterField(
            model_name="claim",
            name="item",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="claim",
                to="digests.item",
                verbose_name="story",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="note",
            field=models.TextField(blank=True, verbose_name="correction note for readers"),
        ),
        migrations.AlterField(
            model_name="digest",
            name="date",
            field=models.DateTimeField(
                default=digests.models.digest.now_to_the_second,
                help_text="When it is published. A digest with a future date is published at that time.",
                verbose_name="date",
            ),
        ),
        migrations.AlterField(
            model_name="historyentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("add", "added"),
                    ("edit", "edited"),
                    ("shortlist", "shortlisted"),
                    ("reject", "rejected"),
                    ("reopen", "reopened"),
                    ("approve", "approved"),
                    ("place", "added"),
                    ("remove", "removed"),
                    ("reorder", "reordered"),
                    ("add_section", "added a section"),
                    ("edit_section", "edited a section"),
                    ("move_section", "moved a section"),
                    ("remove_section", "removed a section"),
                    ("submit", "submitted"),
                    ("take_back", "took back"),
                    ("send_back", "sent back"),
                    ("publish", "published"),
                    ("correct", "opened for correction"),
                    ("abandon", "abandoned the correction"),
                    ("withdraw", "withdrew"),
                    ("restore", "restored"),
                    ("undo", "undid the last step"),
                    ("override", "approved alone"),
                    ("import", "imported"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="captured",
            field=models.TextField(
                blank=True, help_text="The original, as it was found.", verbose_name="original text"
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="repeat_of",
            field=models.ForeignKey(
                blank=True,
                help_text="The story that first used the same link.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeats",
                to="digests.item",
                verbose_name="repeat of",
            ),
        ),
        migrations.AlterField(
            model_name="placement",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="digests.item",
                verbose_name="story",
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="four_eyes",
            field=models.BooleanField(
                default=False,
                help_text="Who submitted or last changed a digest cannot approve it.",
                verbose_name="second reviewer",
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="four_eyes_override",
            field=models.BooleanField(
                default=False,
                help_text="With a reason, which is kept in the history.",
                verbose_name="administrators may approve alone",
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="link_hosts",
            field=models.CharField(
                blank=True,
                help_text="Hosts that stories may link to, separated by spaces. Leave empty to allow any.",
                max_length=500,
                validators=[digests.models.series.validate_hosts],
                verbose_name="allowed link hosts",
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="shows_review",
            field=models.BooleanField(
                default=False,
                help_text="Each digest approved by a person says so.",
                verbose_name="tell readers about the review",
            ),
        ),
        migrations.AlterField(
            model_name="series",
            name="window_hours",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Older stories are flagged. Leave empty to flag none.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="hours covered",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=digests.models.fields.LanguageField(
                blank=True,
                choices=[("zh-hans", "简体中文"), ("en", "English")],
                help_text="Interface language. Leave empty to use the browser’s.",
                max_length=10,
                verbose_name="language",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="time_zone",
            field=digests.models.fields.TimeZoneField(
                blank=True,
                help_text="Dates are shown in this time zone. Leave empty to use the site’s.",
                max_length=64,
                verbose_name="time zone",
            ),
        ),
        migrations.AlterConstraint(
            model_name="item",
            name="item_link_once",
            constraint=models.UniqueConstraint(
                condition=models.Q(("repeat_of", None)),
                fields=("url_key",),
                name="item_link_once",
                violation_error_message="Another story already has this link.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="item",
            name="item_repeats_another",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repeat_of", None),
                    models.Q(("repeat_of", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="item_repeats_another",
                violation_error_message="A story cannot repeat itself.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="item",
            name="item_with_headline",
            constraint=models.CheckConstraint(
                condition=models.Q(("headline", ""), _negated=True),
                name="item_with_headline",
                violation_error_message="A story needs a headline.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="item",
            name="item_rejected_with_reason",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "rejected"), ("reason", ""), _connector="XOR"),
                name="item_rejected_with_reason",
                violation_error_message="Only a rejected story has a reason.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="placement",
            name="placement_once",
            constraint=models.UniqueConstraint(
                fields=("digest", "item"),
                name="placement_once",
                violation_error_message="The story is already in this digest.",
            ),
        ),
        migrations.AddField(
            "historyentry",
            "version",
            models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AlterField(
            "digest",
            "slug",
            models.CharField(editable=False, max_length=40, null=True, verbose_name="address"),
        ),
        migrations.AlterField(
            "series",
            "slug",
            models.SlugField(
                help_text="Part of addresses.",
                unique=True,
                validators=[digests.models.series.validate_slug_is_free],
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            "series",
            "path_pattern",
            models.CharField(
                default="{date:%Y-%m-%d-%H%M}.md",
                help_text=(
                    "{date:…} takes strftime codes of the local date; {series} is the series’"
                    " address."
                ),
                max_length=200,
                verbose_name="file names",
            ),
        ),
    ]
