"""What runs where, when, and with which numbers."""
