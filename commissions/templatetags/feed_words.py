"""Sentences of feeds, which are kept in English, in the reader's language."""

from django import template

from commissions.feed_words import told

register = template.Library()
register.filter("told", told)
