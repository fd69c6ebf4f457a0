"""Stories as users live them, from the first file to the last record."""
