"""Files that were sent in, in their table; the files themselves lie in the data directory."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mapapp.store.errors import UnstorableText
from mapapp.store.job_tables import uploads
from mapapp.store.jobs import Upload


class UploadReader:
    """Read access to the uploads in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, token: str) -> Upload | None:
        """The upload of that name, or None; any text may be asked."""
        try:
            row = self._connection.execute(select(uploads).where(uploads.c.token == token)).mappings().one_or_none()
        except UnstorableText:
            return None
        return Upload(**row) if row is not None else None

    def tokens(self, *, sent_before: datetime | None = None) -> frozenset[str]:
        """The names of all uploads, or of those sent before an instant."""
        query = select(uploads.c.token)
        if sent_before is not None:
            query = query.where(uploads.c.sent_at < sent_before)
        return frozenset(self._connection.execute(query).scalars())


class UploadWriter(UploadReader):
    """Read and write access to the uploads."""

    def add(self, upload: Upload) -> None:
        """Write an upload down; its file is there already."""
        self._connection.execute(insert(uploads), [asdict(upload)])

    def delete_old(self, sent_before: datetime) -> frozenset[str]:
        """Forget uploads sent before that; their names."""
        old = self.tokens(sent_before=sent_before)
        self._connection.execute(delete(uploads).where(uploads.c.sent_at < sent_before))
        return old
