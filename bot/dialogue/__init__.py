"""Getting an answer: from Rasa, or without it."""
