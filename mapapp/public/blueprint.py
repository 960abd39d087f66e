"""The blueprint of the pages for everybody; the modules beside this one hang their routes on it."""

from __future__ import annotations

from flask import Blueprint

public = Blueprint("public", __name__)
