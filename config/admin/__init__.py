from config.admin.job_run import JobRunAdmin
from config.admin.publisher import PublisherPageAdmin
from config.admin.schedule import (
    ClockedAdmin,
    CrontabAdmin,
    IntervalAdmin,
    PeriodicTaskAdmin,
    SolarAdmin,
)

__all__ = [
    "ClockedAdmin",
    "CrontabAdmin",
    "IntervalAdmin",
    "JobRunAdmin",
    "PeriodicTaskAdmin",
    "PublisherPageAdmin",
    "SolarAdmin",
]
