"""A bundle of evidence: everything that proves one instance, with a program of its own that checks it.

`verify.py` and `count.py` here are no part of the engine: they are copied into every bundle, and import nothing of it.
"""
