#!/bin/sh
# Make a backup in a folder, look it through, and keep the newest fourteen. Run by stationmap-backup.service.
# An encrypted one where MAPAPP_BACKUP_KEY is set. Copy the folder to another machine: a disk dies whole.
set -eu

folder=${1:?the folder backups go to}
keep=${STATIONMAP_BACKUPS_KEPT:-14}
cd "$(dirname "$0")/.."

newest_first() {
    ls -1t -- "$folder"/*"$1" 2>/dev/null || true
}

# Its first line is the file. What is found unsound stays for a look, in the place of the one that was before.
status=0
said=$(.venv/bin/python -m mapapp backup --verify "$folder") || status=$?
printf '%s\n' "$said"
if [ "$status" -ne 0 ]; then
    file=$(printf '%s\n' "$said" | head -n 1)
    if [ -f "$file" ]; then
        mv -- "$file" "$file.unsound"
        newest_first .backup.unsound | tail -n +2 | while read -r old; do
            rm -- "$old"
        done
    fi
    exit "$status"
fi
# Only ours, only the oldest, and never the one just made. Names hold the place and the time, no spaces.
newest_first .backup | tail -n +"$((keep + 1))" | while read -r old; do
    rm -- "$old"
done
# An unsound one goes when it is older than all that are kept.
if [ "$(newest_first .backup | wc -l)" -ge "$keep" ]; then
    oldest=$(newest_first .backup | tail -n 1)
    newest_first .backup.unsound | while read -r old; do
        if [ "$old" -ot "$oldest" ]; then
            rm -- "$old"
        fi
    done
fi
