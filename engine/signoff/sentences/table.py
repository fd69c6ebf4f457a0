"""English sentences of the table family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
}
