"""Tests of the trace sources."""
