"""What goes wrong while an expression is computed. Must import nothing of signoff but `errors`."""

from signoff.errors import DefinitionError


class ExpressionFault(DefinitionError):
    """An expression could not be computed on the data at hand: a rule is not met, anything else is an incident.

    Codes: null_value (`name` says what is empty), empty_list, division_by_zero, unknown_name, no_field,
    wrong_type, wrong_operands, not_comparable, not_boolean, not_whole_days, out_of_range, unreadable_text,
    too_many_steps, list_too_long, text_too_long, computed_from_itself.
    """

    @property
    def is_empty(self) -> bool:
        """Whether something that is still empty is the cause (a formula is then null)."""
        return self.code in {"null_value", "empty_list"}
