"""Periods that run backward: refused with a sentence wherever a row is cleaned."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from commissions.models import NamedSet, Programme
from publishers.models import Agreement, Publisher, Source, TrafficType
from publishers.periods import RUNS_BACKWARD, DatedModel
from tests.backoffice import superuser

START = datetime(2020, 3, 1, tzinfo=UTC)
DATED = [model for model in apps.get_models() if issubclass(model, DatedModel)]


def test_whatever_has_a_beginning_and_an_end_is_a_dated_row():
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if {"valid_from", "valid_to"} <= names:
            assert model in DATED, model
    assert len(DATED) > 8


def neighbours() -> dict[type[models.Model], models.Model]:
    """A row of everything that a dated row may point to."""
    programme = Programme.objects.create(
        code="p", name="P", time_zone="UTC", currency="USD", feed_time_zone="UTC"
    )
    publisher = Publisher.objects.create(
        code="anna", name="Anna", email="a@example.net", registered_at=START
    )
    traffic = TrafficType.objects.create(code="banner", name_en="B", name_ru="B")
    source = Source.objects.create(
        code="s", publisher=publisher, traffic_type=traffic, title="S", url=""
    )
    named = NamedSet.objects.create(programme=programme, code="n", name_en="N", name_ru="N")
    user = get_user_model().objects.create_user("somebody")
    return {type(row): row for row in (programme, publisher, traffic, source, named, user)}


def whole(model: type[DatedModel], there: dict[type[models.Model], models.Model]) -> DatedModel:
    """A row with every field filled in that must be, so that every constraint is asked."""
    row = model()
    for field in model._meta.fields:
        if isinstance(field, models.ForeignKey):
            if not field.null:
                setattr(row, field.name, there[field.related_model])
        elif field.choices and not field.has_default():
            setattr(row, field.name, field.flatchoices[0][0])
        elif not (field.null or field.blank or field.primary_key or field.has_default()):
            setattr(row, field.name, _anything(field))
    return row


def _anything(field: models.Field) -> Any:
    if isinstance(field, models.DateTimeField):
        return START
    return 1 if isinstance(field, models.IntegerField) else "a" * min(field.max_length or 9, 9)


class BackwardPeriods(TestCase):
    @settings(max_examples=5, deadline=None)
    @given(back=st.timedeltas(timedelta(0), timedelta(days=4_000)))
    def test_a_period_that_does_not_run_forward_is_refused_with_a_sentence(self, back):
        there = neighbours()
        for model in DATED:
            row = whole(model, there)
            row.valid_from, row.valid_to = START, START - back
            with pytest.raises(ValidationError) as refused:
                row.full_clean()
            assert refused.value.message_dict["valid_to"] == [RUNS_BACKWARD], model
            with pytest.raises(ValidationError, match="must end after it starts"):
                row.validate_constraints(exclude={"valid_to"})

    @settings(max_examples=5, deadline=None)
    @given(on=st.timedeltas(timedelta(microseconds=1), timedelta(days=4_000)))
    def test_one_that_runs_forward_is_not(self, on):
        there = neighbours()
        for model in DATED:
            row = whole(model, there)
            row.valid_from, row.valid_to = START, START + on
            row.validate_constraints()


@pytest.mark.django_db
def test_the_form_of_an_agreement_says_that_its_dates_are_the_wrong_way_round():
    there = neighbours()
    answer = superuser().post(
        reverse("admin:publishers_agreement_add"),
        {
            "publisher": there[Publisher].pk, "traffic_type": there[TrafficType].pk, "note": "x",
            "valid_from_0": "2020-03-01", "valid_from_1": "00:00",
            "valid_to_0": "2020-02-01", "valid_to_1": "00:00",
        },
    )  # fmt: skip
    assert answer.status_code == 200
    assert "The period must end after it starts." in answer.content.decode()
    assert not Agreement.objects.exists()
