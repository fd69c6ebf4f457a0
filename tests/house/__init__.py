"""Tests of the project's own structure: layers, style, public names, sentences, and the test cluster."""
