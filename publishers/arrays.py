"""Thousands of keys as one parameter of a query."""

import polars as pl


def text_array(values: pl.Series) -> str:
    """Texts, none of them null, as PostgreSQL writes an array of text."""
    if values.is_empty():
        return "{}"
    safe = values.str.replace_all("\\", "\\\\", literal=True).str.replace_all(
        '"', '\\"', literal=True
    )
    return '{"' + safe.str.join('","').item() + '"}'
