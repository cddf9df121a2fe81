#!/bin/sh
# A browser for the journeys that drive one. Root on Debian gets it installed; anybody else is told
# what to ask for, and those tests then say that they were left out.
set -eu

for name in ${PERMILLE_BROWSER:-} chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf 'Installing chromium by apt-get.\n' >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
printf '%s\n' "There is no Chromium here, and the tests in a real browser need one." \
    "On Debian or Ubuntu: sudo apt-get install chromium; elsewhere name one: PERMILLE_BROWSER=/path" >&2
