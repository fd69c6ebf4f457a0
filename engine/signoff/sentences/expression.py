"""English sentences of the expression family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
}
