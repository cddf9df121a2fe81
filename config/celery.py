"""The Celery app. The broker is a doorbell: what must be done is a row in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("permille")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
