"""The pure core: what a process does. No I/O, no clock, no randomness, no SQL; imports model, time and errors."""
