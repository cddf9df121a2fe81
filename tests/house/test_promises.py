"""The database keeps the promises that the models make."""

import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.management import call_command
from django.db import models

ROOMS = ("config", "publishers", "commissions", "compliance", "referrals")
# Periods that are no dated rule, each with the reason why two of them may overlap.
MAY_OVERLAP = {
    "commissions.Touch": "what is to be decided again; two causes may touch the same days",
    "commissions.WhatIf": "a draft may be tried on the same days many times",
}


def our_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and model._meta.managed and not model._meta.proxy
    ]


def periods(model: type[models.Model]) -> list[tuple[str, str]]:
    """Pairs of fields that together are a period: `x_from` and `x_to`, `from_x` and `to_x`."""
    names = {field.name for field in model._meta.local_fields}
    pairs = []
    for name in sorted(names):
        parts = name.split("_")
        if "from" in parts:
            end = "_".join("to" if part == "from" else part for part in parts)
            if end in names:
                pairs.append((name, end))
    return pairs


def fields_excluded(model: type[models.Model]) -> set[str]:
    """Every field that an exclusion constraint of the model speaks of."""
    found: set[str] = set()
    for constraint in model._meta.constraints:
        if isinstance(constraint, ExclusionConstraint):
            for expression, _operator in constraint.expressions:
                found |= names_in(expression)
    return found


def names_in(expression: object) -> set[str]:
    if isinstance(expression, str):
        return {expression}
    if isinstance(expression, models.F):
        return {expression.name}
    sources = getattr(expression, "get_source_expressions", list)()
    return {name for source in sources for name in names_in(source)}


def test_periods_of_one_subject_cannot_overlap():
    unkept = [
        f"{model._meta.label}.{start}/{end}"
        for model in our_models()
        if model._meta.label not in MAY_OVERLAP
        for start, end in periods(model)
        if not {start, end} <= fields_excluded(model)
    ]
    assert not unkept, f"give these an ExclusionConstraint over the period: {unkept}"


@pytest.mark.django_db
def test_migrations_say_all_that_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
