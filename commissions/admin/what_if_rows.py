from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.models import WhatIfFigure, WhatIfLine
from publishers.admin.backoffice import BigListAdmin, page_of
from publishers.figures import money, number


@admin.register(WhatIfFigure)
class WhatIfFigureAdmin(BigListAdmin):
    """Figures of every what-if; its own page shows them as charts and tables."""

    list_display = ("of_what_if", "dimension", "key", "line_count", "before", "after")
    list_filter = ("dimension",)
    list_select_related = ("what_if__rulebook__programme",)
    exact_search = ("key",)
    search_help_text = _("The whole key: a country, a category, the number of a publisher")

    @admin.display(description=_("what-if"))
    def of_what_if(self, row: WhatIfFigure) -> str:
        return page_of(row.what_if)

    @admin.display(description=_("lines"))
    def line_count(self, row: WhatIfFigure) -> str:
        return number(row.lines)

    @admin.display(description=_("commission as booked"))
    def before(self, row: WhatIfFigure) -> str:
        return money(row.before_cents, row.what_if.rulebook.programme.currency)

    @admin.display(description=_("commission then"))
    def after(self, row: WhatIfFigure) -> str:
        return money(row.after_cents, row.what_if.rulebook.programme.currency)


@admin.register(WhatIfLine)
class WhatIfLineAdmin(BigListAdmin):
    """The lines that change most, of every what-if."""

    list_display = ("of_what_if", "sub_order_id", "before_rule", "after_rule", "before", "after")
    list_select_related = ("what_if__rulebook__programme",)
    exact_search = ("sub_order_id",)
    search_help_text = _("The merchant's number of the sub-order")

    @admin.display(description=_("what-if"))
    def of_what_if(self, row: WhatIfLine) -> str:
        return page_of(row.what_if)

    @admin.display(description=_("commission as booked"))
    def before(self, row: WhatIfLine) -> str:
        return money(row.before_cents, row.what_if.rulebook.programme.currency)

    @admin.display(description=_("commission then"))
    def after(self, row: WhatIfLine) -> str:
        return money(row.after_cents, row.what_if.rulebook.programme.currency)
