#!/bin/sh
# Makes the environment: environment.sh PYTHON FOLDER
# Debian splits Python: venv and pip come in a package of their own. Root gets it installed;
# anybody else is told what to ask for.
set -eu
python=$1
folder=$2

say() { printf '%s\n' "$*" >&2; }

install_on_debian() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        return 1
    fi
    say "Installing $* by apt-get."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if ! command -v "$python" >/dev/null 2>&1; then
    install_on_debian python3 python3-venv || {
        say "There is no $python here. Install Python 3.11 or newer, or name one: make PYTHON=..."
        exit 1
    }
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "$("$python" --version) is too old: Permille needs 3.11 or newer. Name another one:" \
        "make PYTHON=python3.11"
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    install_on_debian python3-venv || {
        say "$python lacks venv. On Debian or Ubuntu: sudo apt-get install python3-venv"
        exit 1
    }
fi
# An environment that works is kept: pip brings it up to the locks.
if ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear "$folder"
fi
