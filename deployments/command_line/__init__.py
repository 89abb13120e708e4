"""The goodput command."""
