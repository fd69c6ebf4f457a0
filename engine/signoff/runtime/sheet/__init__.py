"""The approval sheet on paper: as JSON, as one page of HTML that prints well, and as a Word file; same sheet, same bytes.

Owns the words and the looks of it; what it says is `read.sheet`'s. Must not import `engine`.
"""
