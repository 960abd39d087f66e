"""Siting: which places, hours or services to choose. Numbers in, numbers out: no geography, no request, no row."""
