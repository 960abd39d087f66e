"""What serve.py, test.py and check.py share: bringing a fresh clone to where it runs.

Everything here works on a bare Python 3.11 with nothing installed, so it imports the standard library
only. Each module is one thing that has to be there; each makes one :class:`~installation.steps.Step`
that knows whether its work is done and how to do it::

    python_packages  .venv with the pinned requirements
    front_end        node_modules and the built assets
    translations     compiled message catalogues
    database         a migrated database with the sample data
    debian           programs that only the system's package manager has
    web_server       gunicorn: start, wait until it answers, stop
"""
