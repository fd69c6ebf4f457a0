"""English sentences of the store family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
}
