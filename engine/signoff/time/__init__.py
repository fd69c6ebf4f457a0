"""When: calendars of working days, and the closed grammar of deadlines and recurrences.

Pure arithmetic: no clock is read here. May import errors and sentences; nothing else of signoff.
"""
