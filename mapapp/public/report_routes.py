"""The addresses of reports from the public: the form, what is sent, and the page that follows one up."""

from __future__ import annotations
