"""The verbs: functions that change an item or a digest, each in the module of its subject.

A verb opens its own transaction, locks the bare row (the digest first, then its items), checks
permission, version, state and guards, saves the row and writes its line of history. Screens, API,
commands and tasks call them and only translate a `Refusal`.
"""
