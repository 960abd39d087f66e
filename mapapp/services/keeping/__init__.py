"""Backups: made while the service runs, looked through without touching anything, put back whole or not at all."""
