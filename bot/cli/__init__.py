"""The command `iroiro`. One module per command; a module with a `command` is found by itself."""
