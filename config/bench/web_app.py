"""What the benchmark's web server runs: the site, with the empty view beside it."""

from django.conf import settings

settings.ROOT_URLCONF = "config.bench.web_urls"

from config.wsgi import application  # noqa: E402 - the addresses are chosen before it is made

__all__ = ["application"]
