"""The shipped processes: their scenarios, and the flagship rule by rule."""
