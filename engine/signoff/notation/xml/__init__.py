"""XML as BPMN and DMN files are written in it: text of bytes, places of tags, a neutral tree, and what was wrong.

May import errors only; what the elements mean is the readers' to say.
"""
