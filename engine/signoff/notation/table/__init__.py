"""Process tables: Word, Excel, CSV, Markdown and plain text in, a definition in YAML out.

The way of a table: a reader makes `Grid`s, `heading` finds the columns, `record` the rows, the modules of the
cells (`owner`, `deadline`, `document`, `remark`) say what each cell means, `draft` puts a process together,
`emit` writes it. `importer` is the way in. Must not import store, read, runtime or kernel.
"""
