"""The command line of signoff: a host like any other, living on the public names of `signoff`.

Light until a verb runs: `main` and what it imports must not import SQLAlchemy, transitions or rich.
"""
