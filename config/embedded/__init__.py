"""PostgreSQL and Valkey as children of a command, for one machine without servers of its own.

`data.py` knows the data folder, `running.py` who runs the servers there, `processes.py`
starts and stops children, `home.py` finds a place where an unprivileged user can work,
`postgres.py` and `valkey.py` are the two servers, and `stack.py` puts them together.
"""

from config.embedded.data import data_folder, secret_key
from config.embedded.errors import EmbeddedError
from config.embedded.running import Addresses, addresses_for_settings
from config.embedded.stack import AlreadyRunning, Stack, running_addresses

__all__ = [
    "Addresses",
    "AlreadyRunning",
    "EmbeddedError",
    "Stack",
    "addresses_for_settings",
    "data_folder",
    "running_addresses",
    "secret_key",
]
