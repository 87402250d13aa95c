"""Bringing a person in: cases, who holds them, who is told. Writes to residents only through records."""
