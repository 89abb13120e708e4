"""Loading a client at its first use, in whatever thread that is."""

from threading import Lock

LOADING = Lock()
"""Held while a client is imported: of two threads that import a package at once, one can meet it half made."""
