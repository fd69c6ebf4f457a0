"""English sentences of the refused family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
}
