"""Tests of the model: types, values, expressions, views, static typing."""
