"""English sentences of the handler family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
    "handler_failed": "The handler failed: {message}. Repair the cause.",
    "handler_retryable": "The handler failed for now: {message}. It will be tried again.",
    "handler_permanent": "The handler failed for good: {message}. Repair the cause, then `signoff retry`.",
    "bpmn_error": "The handler raised the modelled error {error}: {message}.",
}
