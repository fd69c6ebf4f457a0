"""The verbs by family; each module is imported when one of its verbs runs. Must not import one another's insides."""
