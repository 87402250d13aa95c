"""Setting up and running everything on one machine. `environments` needs nothing but Python; `serve` what it installed."""
