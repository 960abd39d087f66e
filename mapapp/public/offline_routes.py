"""What lets the pages work without a network: the service worker, the manifest and the empty pages it fills."""

from __future__ import annotations
