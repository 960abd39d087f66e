"""Stations: what they are, when they are open, which is nearest."""
