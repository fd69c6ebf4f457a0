"""FEEL, the expression language of decision tables (DMN 1.3 chapter 10): text in, a tree, a value out.

`Feel` is an expression as a frozen value; `tree` its parts, `parser` reads it, `evaluation` says what it means, `builtin`
holds the functions, `value` the three-valued operations. Pure; may import errors and nothing else of signoff.
"""

from signoff.model.feel.evaluation import Scope
from signoff.model.feel.expression import Feel, UnaryTests
from signoff.model.feel.value import Value

__all__ = ["Feel", "Scope", "UnaryTests", "Value"]
