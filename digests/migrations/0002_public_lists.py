from datetime import datetime

import django.db.models.deletion
from django.db import migrations, models


def copy_dates_and_categories(apps, schema_editor):
    revisions = apps.get_model("digests", "Revision").objects
    filings = apps.get_model("digests", "Filing").objects
    for revision in revisions.all():
        date = datetime.fromisoformat(revision.document["date"])
        revisions.filter(pk=revision.pk).update(dated=date, day=date.date())
        filings.bulk_create(
            filings.model(revision=revision, position=position, name=name)
            for position, name in enumerate(revision.document["categories"], start=1)
        )


class Migration(migrations.Migration):
    dependencies = [("digests", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Filing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                (
                    "name",
                    models.CharField(db_index=True, max_length=100, verbose_name="name"),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="digests.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "filing",
                "verbose_name_plural": "filings",
                "ordering": ["revision", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("revision", "position"), name="filing_place"),
                    models.UniqueConstraint(fields=("revision", "name"), name="filing_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="revision",
            name="dated",
            field=models.DateTimeField(null=True, verbose_name="date"),
        ),
        migrations.AddField(
            model_name="revision",
            name="day",
            field=models.DateField(null=True, verbose_name="day"),
        ),
        migrations.RunPython(copy_dates_and_categories, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="revision",
            name="dated",
            field=models.DateTimeField(verbose_name="date"),
        ),
        migrations.AlterField(
            model_name="revision",
            name="day",
            field=models.DateField(verbose_name="day"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["-dated", "-id"], name="revision_by_date"),
        ),
    ]
