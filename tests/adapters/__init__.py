"""Tests of what reaches the outside world."""
