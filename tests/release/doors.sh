#!/bin/sh
# A kiosk without the automation's door (as the release preset builds it) must refuse the option and must not hold the protocol's words.
set -u
liqu=$1
if "$liqu" --automation-fd 3 --config /nonexistent 2>/dev/null >/dev/null; then echo "the option was taken"; exit 1; fi
"$liqu" --automation-fd 3 --config /nonexistent 2>&1 | grep -q "automation-fd" || { echo "the option was not refused by name"; exit 1; }
if "$liqu" --help | grep -q -- "--automation"; then echo "the help names it"; exit 1; fi
if grep -aq '"touched"\|large_text_low' "$liqu" && grep -aq '{"event":' "$liqu"; then echo "the protocol is in the program"; exit 1; fi
if grep -aq 'automation-fd' "$liqu"; then echo "the option is in the program"; exit 1; fi
echo "no door"
