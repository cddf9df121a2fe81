"""How many orders a day brings: growth, the week, holidays and the merchant's sales."""

from datetime import date, timedelta
from random import Random

FIRST_DAY = date(2019, 5, 1)
LAST_DAY = date(2020, 11, 30)
ORDERS_A_DAY_AT_FIRST = 2.4
ORDERS_A_DAY_AT_LAST = 5.0

# The merchant's sales, by month and day: so many times an ordinary day.
SALES = {
    (3, 28): 3.5, (3, 29): 2.0,
    (6, 18): 2.5,
    (8, 23): 1.8,
    (11, 10): 0.5,  # Baskets are filled, and wait.
    (11, 11): 11.0, (11, 12): 4.0, (11, 13): 1.6,
    (11, 27): 2.2, (11, 28): 2.4, (11, 29): 2.6,
    (12, 12): 3.0,
}  # fmt: skip
# Sunday is for the phone, Friday for other things; Monday is day 0.
WEEK = (1.05, 1.0, 1.0, 0.95, 0.85, 1.0, 1.15)
# Around the Chinese New Year sellers do not ship.
NEW_YEARS = ((date(2020, 1, 20), date(2020, 2, 9)),)


def days() -> list[date]:
    """Every day on which the sample world's buyers order."""
    return [FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]


def orders_on(day: date, chance: Random) -> int:
    """How many orders are placed on a day."""
    grown = (day - FIRST_DAY).days / (LAST_DAY - FIRST_DAY).days
    usual = ORDERS_A_DAY_AT_FIRST + grown * (ORDERS_A_DAY_AT_LAST - ORDERS_A_DAY_AT_FIRST)
    usual *= WEEK[day.weekday()] * SALES.get((day.month, day.day), 1.0)
    if any(first <= day <= last for first, last in NEW_YEARS):
        usual *= 0.6
    return max(0, round(chance.gauss(usual, usual**0.5)))
