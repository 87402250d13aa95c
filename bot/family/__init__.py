"""Immunisation, checkups, growth and reminders of families: pure functions of dates and records, no database."""
