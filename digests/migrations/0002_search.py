"""The search index: a table of rows, searched by FTS5 on SQLite and by a GIN index on PostgreSQL.

The tables are not models, because Django knows neither kind; `digests/search/` reads and writes
them. Their rows refer to what is live by plain numbers: a foreign key would keep `flush` from
emptying the tables of the models.
"""

from typing import Any

from django.db import migrations

# The texts hold tokens that are letters and digits, with a space before and after each.
# tokenize='ascii' splits them at the spaces and leaves them as they are, because it takes every
# character beyond ASCII for a letter. prefix='1' makes one character as quick to find as a pair.
SQLITE = [
    """
    CREATE TABLE digests_search (
        key integer PRIMARY KEY,
        digest_id bigint NOT NULL,
        revision_id bigint NOT NULL,
        entry_id bigint NULL,
        day date NOT NULL,
        marks text NOT NULL,
        head text NOT NULL,
        body text NOT NULL
    )
    """,
    "CREATE INDEX digests_search_digest ON digests_search (digest_id)",
    """
    CREATE VIRTUAL TABLE digests_search_words USING fts5(
        marks, head, body,
        content='digests_search', content_rowid='key', tokenize='ascii', prefix='1'
    )
    """,
    """
    CREATE TRIGGER digests_search_added AFTER INSERT ON digests_search BEGIN
        INSERT INTO digests_search_words (rowid, marks, head, body)
        VALUES (new.key, new.marks, new.head, new.body);
    END
    """,
    """
    CREATE TRIGGER digests_search_removed AFTER DELETE ON digests_search BEGIN
        INSERT INTO digests_search_words (digests_search_words, rowid, marks, head, body)
        VALUES ('delete', old.key, old.marks, old.head, old.body);
    END
    """,
]
# The vector has no positions, which end at 16,383, at most 255 for a token: phrases are looked up in
# the texts. A search reads many rows, so an ordinary one stays whole in its page; by default
# PostgreSQL would move the long columns of a row of more than 2 kB into another table.
POSTGRESQL = [
    """
    CREATE TABLE digests_search (
        key bigint PRIMARY KEY,
        digest_id bigint NOT NULL,
        revision_id bigint NOT NULL,
        entry_id bigint NULL,
        day date NOT NULL,
        marks text NOT NULL,
        head text NOT NULL,
        body text NOT NULL,
        vector tsvector NOT NULL GENERATED ALWAYS AS (
            array_to_tsvector(array_remove(string_to_array(marks || head || body, ' '), ''))
        ) STORED
    ) WITH (toast_tuple_target = 8160)
    """,
    "ALTER TABLE digests_search ALTER COLUMN body SET STORAGE MAIN",
    "ALTER TABLE digests_search ALTER COLUMN vector SET STORAGE MAIN",
    "CREATE INDEX digests_search_digest ON digests_search (digest_id)",
    "CREATE INDEX digests_search_words ON digests_search USING gin (vector)",
]


def make(apps: Any, schema_editor: Any) -> None:
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE digests_search_words")
    schema_editor.execute("DROP TABLE digests_search")


class Migration(migrations.Migration):
    dependencies = [("digests", "0001_newsroom")]

    operations = [migrations.RunPython(make, drop)]
