"""The quiet signal: where people searched and found no good answer, and what of that may be shown."""
