"""English sentences of the notice family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
}
