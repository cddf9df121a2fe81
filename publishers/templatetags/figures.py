"""Figures in templates, as `publishers.figures` writes them."""

from django import template

from publishers.figures import day, instant, money, number, rate

register = template.Library()
register.filter("money", money)
register.filter("number", number)
register.filter("rate", rate)
register.filter("instant", instant)
register.filter("day", day)
