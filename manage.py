#!/usr/bin/env python3
"""Runs a command; starts the embedded servers first where it needs them and they are not up."""

import sys

from config.commandline import run

if __name__ == "__main__":
    sys.exit(run(sys.argv))
