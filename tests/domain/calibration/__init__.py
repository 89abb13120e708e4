"""Tests of what labels say of a judge."""
