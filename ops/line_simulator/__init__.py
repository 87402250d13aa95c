"""A LINE platform on loopback: what a developer and the tests use instead of LINE's servers.

It speaks the part of the Messaging API that iroiro uses, checks every request as LINE does, signs and delivers webhooks, and
fails on demand. `make run` shows it as a phone when IROIRO_LINE_SIMULATOR=on.
"""
