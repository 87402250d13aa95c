"""The knowledge base: articles whose every number is a fact with a source and a date, facilities, and search."""
