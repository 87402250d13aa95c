"""Which language a text is in, and its words: detection, normalising, tokenising, and what each locale is."""
