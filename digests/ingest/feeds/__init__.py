"""Reading what sources publish: feeds, pages, and lists of feeds.

All of it is pure: bytes and strings in, frozen dataclasses out. It runs in a limited child process,
because what it reads is hostile, and therefore imports no Django.
"""
