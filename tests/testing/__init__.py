"""The test kit, tested with itself."""
