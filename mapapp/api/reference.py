"""The reference page: the OpenAPI document for people to read. It is the one page below ``/api``."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from mapapp.api.operations import OPERATIONS, TAGS
from mapapp.web.audience import REFERENCE_PATH

reference = Blueprint("reference", __name__)


@reference.get(REFERENCE_PATH)
def page() -> str:
    """Every address with its summary; a script draws the whole document in its place."""
    tags = [{"name": tag, "operations": [one for one in OPERATIONS if one.tag == tag]} for tag in TAGS]
    return render_template("api/reference.html", tags=tags, document_url=url_for("api.openapi"))
