"""Readers' pages and feeds. They read revisions, never the rows that editors work on."""
