"""The safety gate: hears an SOS in any language with no model server, network, Redis or database."""
