"""What is kept: tables, encryption, durable event streams, audit. Knows nothing of HTTP, Rasa or channels."""
