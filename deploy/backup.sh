#!/bin/sh
# Make a backup in a folder, look it through, and keep the newest fourteen. Run by stationmap-backup.service.
# An encrypted one where MAPAPP_BACKUP_KEY is set. Copy the folder to another machine: a disk dies whole.
set -eu

folder=${1:?the folder backups go to}
keep=${STATIONMAP_BACKUPS_KEPT:-14}
cd "$(dirname "$0")/.."

python=.venv/bin/python
file=$("$python" -m mapapp backup "$folder" | head -n 1)
if ! "$python" -m mapapp verify-backup "$file"; then
    mv -- "$file" "$file.unsound"
    exit 1
fi
# Only ours, only the oldest, and never the one just made. Names hold the place and the time, no spaces.
ls -1t -- "$folder"/*.backup | tail -n +"$((keep + 1))" | while read -r old; do
    rm -- "$old"
done
