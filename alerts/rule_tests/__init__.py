"""Unit tests of rules: what happened, played through the engine, and what should have become of it."""
