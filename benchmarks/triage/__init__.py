"""How the embedded triage judge was trained, how well it orders answers, and how fast."""
