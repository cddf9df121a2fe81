"""Texts that a row has in two languages, in the reader's."""

from django import template

from publishers.figures import in_own_language

register = template.Library()
register.filter("own", in_own_language)
