#!/bin/sh
# Any command of ``python -m mapapp`` as the service's user, with the service's settings:
#   install -m 755 deploy/stationmap.sh /usr/local/bin/stationmap
#   stationmap info
set -eu

settings=${STATIONMAP_SETTINGS:-/etc/stationmap/stationmap.env}
home=${STATIONMAP_HOME:-/opt/stationmap}
user=${STATIONMAP_USER:-stationmap}

set -a
. "$settings"
set +a
cd "$home"
if [ "$(id -un)" = "$user" ]; then
    exec .venv/bin/python -m mapapp "$@"
fi
exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --no-new-privs -- .venv/bin/python -m mapapp "$@"
