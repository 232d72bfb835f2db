#!/bin/sh
# Installs the named Debian packages that are missing, if this user may (root, or sudo without a password).
# Never fails: a test that needs one that could not be had is skipped by name, and fails where CI=true.
missing=""
for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Not installed, as this needs root:$missing (apt-get install$missing)"
    exit 0
fi
command -v apt-get >/dev/null 2>&1 || { echo "Not installed, as there is no apt-get:$missing"; exit 0; }
echo "Installing Debian packages:$missing ..."
log=$(mktemp)
if ! { $as_root apt-get update && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    echo "Could not install:$missing"
    tail -n 3 "$log"
fi
rm -f "$log"
exit 0
