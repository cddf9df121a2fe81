"""The publisher's front page: what was earned, what comes, what needs an answer."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from config.portal.first_steps import first_steps
from publishers.models import Publisher
from publishers.portal.pages import portal_page, show


@require_safe
@portal_page()
def home(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Where somebody of a publisher begins."""
    return show(request, "home", {"first_steps": first_steps(publisher)}, here="home")
