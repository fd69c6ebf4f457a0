"""How each element behaves: one file per family, plain functions, bound in `register`."""
