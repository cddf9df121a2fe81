"""The Celery app. The broker is a doorbell: what must be done is a row in PostgreSQL."""

import os
from datetime import timedelta

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("permille")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Beat copies these into its tables when it starts, for staff to read. A ring that nobody heard
# before the next one is dropped: the next one does its work too.
RING, SWEEP = timedelta(seconds=30), timedelta(seconds=60)
app.conf.beat_schedule = {
    "run the jobs that are due": {
        "task": "config.tasks.ring",
        "schedule": RING,
        "options": {"expires": RING.total_seconds()},
    },
    "take up imports left lying": {
        "task": "commissions.tasks.sweep_imports",
        "schedule": SWEEP,
        "options": {"expires": SWEEP.total_seconds()},
    },
    "take up what-ifs left lying": {
        "task": "commissions.tasks.sweep_what_ifs",
        "schedule": SWEEP,
        "options": {"expires": SWEEP.total_seconds()},
    },
    "take up files of lines left lying": {
        "task": "commissions.tasks.sweep_line_exports",
        "schedule": SWEEP,
        "options": {"expires": SWEEP.total_seconds()},
    },
}
