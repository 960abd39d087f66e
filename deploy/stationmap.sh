#!/bin/sh
# Any command of ``python -m mapapp`` as the service's user, with the service's settings and secrets:
#   install -m 755 deploy/stationmap.sh /usr/local/bin/stationmap
#   stationmap info
set -eu

settings=${STATIONMAP_SETTINGS:-/etc/stationmap/stationmap.env}
credentials=${STATIONMAP_CREDENTIALS:-/etc/stationmap/credentials}
home=${STATIONMAP_HOME:-/opt/stationmap}
user=${STATIONMAP_USER:-stationmap}

set -a
. "$settings"
set +a
cd "$home"
if [ "$(id -un)" = "$user" ]; then
    exec .venv/bin/python -m mapapp "$@"
fi
# The secrets as systemd hands them to the units: copies in memory, for this one run and this user alone.
handed=$(mktemp -d /dev/shm/stationmap.XXXXXXXX)
trap 'rm -rf -- "$handed"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
for file in "$credentials"/*; do
    if [ -f "$file" ]; then
        install -o "$user" -m 0400 -- "$file" "$handed/MAPAPP_${file##*/}"
    fi
done
chown "$user" "$handed"
export CREDENTIALS_DIRECTORY="$handed"
setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --no-new-privs -- .venv/bin/python -m mapapp "$@"
