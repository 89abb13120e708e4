"""Measured speed, against named peers in the same run. Programs, never assertions in tests."""
