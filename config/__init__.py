"""The whole: settings, servers, schedule and the commands that concern every app."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
