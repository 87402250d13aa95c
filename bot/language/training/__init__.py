"""How the detector's weights are made. Runs in the development environment only; nothing here is used at run time."""
