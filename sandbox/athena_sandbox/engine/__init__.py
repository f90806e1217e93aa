"""Athena SQL on DuckDB: names and types, translation, running, bytes scanned."""
