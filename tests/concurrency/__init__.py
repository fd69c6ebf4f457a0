"""Tests of what happens when two come at the same instant; on real databases, with every order forced, not hoped for."""
