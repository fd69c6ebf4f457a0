"""English sentences of the store family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
    "document_damaged": "The document {sha256} is stored, but its bytes have changed; restore it from a backup.",
    "definition_damaged": "The stored definition {version} is not what was deployed; restore it from a backup.",
}
