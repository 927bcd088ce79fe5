"""Ids for feeds that a restored database does not give out again; those given out stay."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Cast


def keep_known_ids(apps: Any, schema_editor: Any) -> None:
    published = apps.get_model("digests", "Digest").objects.exclude(published_at=None)
    published.update(feed_id=Cast("pk", models.CharField(max_length=32)))


class Migration(migrations.Migration):
    dependencies = [("digests", "0003_export_marks")]

    operations = [
        migrations.RemoveConstraint(model_name="digest", name="digest_live_has_address"),
        migrations.AddField(
            model_name="digest",
            name="feed_id",
            field=models.CharField(editable=False, max_length=32, null=True, unique=True),
        ),
        migrations.RunPython(keep_known_ids, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("live_revision", None),
                    models.Q(
                        ("feed_id__isnull", False),
                        ("path__isnull", False),
                        ("published_at__isnull", False),
                        ("slug__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="digest_live_has_address",
                violation_error_message="A live digest needs an address and a file.",
            ),
        ),
    ]
