"""How the outside world is reached: trace sources, judges, the store, files and settings."""
