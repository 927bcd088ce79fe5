from typing import Any

from django.db import migrations

from digests.text.keys import headline_key


def fill(apps: Any, schema_editor: Any) -> None:
    items = apps.get_model("digests", "Item").objects.only("headline")
    batch = []
    for item in items.iterator(chunk_size=500):
        item.headline_key = headline_key(item.headline)
        batch.append(item)
        if len(batch) == 500:
            items.bulk_update(batch, ["headline_key"])
            batch.clear()
    items.bulk_update(batch, ["headline_key"])


class Migration(migrations.Migration):
    dependencies = [("digests", "0002_desk")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
