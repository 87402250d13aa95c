"""From reply keys to what a resident sees. The only place where words are chosen."""
