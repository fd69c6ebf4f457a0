"""`signoff demo`: a rehearsal of a whole process on a real database, by a clock that only the demo moves.

Lives on the public names of signoff, as a host would; must not be imported by other verbs.
"""
