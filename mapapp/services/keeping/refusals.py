"""What backing up and restoring refuse, in the words of the person at the machine."""

from __future__ import annotations


class KeepingRefused(RuntimeError):
    """Something stands in the way; nothing was changed unless the words say so.

    Attributes
    ----------
    zh, en : str
        What is wrong and what to do.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh
