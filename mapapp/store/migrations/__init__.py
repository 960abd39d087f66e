"""Alembic's migrations. `HEAD` is the newest: raise it with each new file in ``versions/``.

To change a table: change it in ``schema.py``, add the next numbered file here (the previous one shows
the form), raise `HEAD`, and run tests/mapapp/store/test_migrations.py: it compares the two word by word.
"""

from typing import Final

HEAD: Final = "0012"
