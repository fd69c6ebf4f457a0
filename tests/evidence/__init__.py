"""Signatures, keys and checkpoints: what can be proved later."""
