"""English sentences of the definition family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
}
