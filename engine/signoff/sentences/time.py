"""English sentences of the time family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
}
