"""The record's tables, made and changed step by step by Alembic."""
