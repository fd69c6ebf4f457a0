"""The states of a definition: what `machine` hands to `transitions`, and the names of what is demanded."""
