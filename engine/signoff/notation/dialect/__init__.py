"""Foreign expression languages: JUEL of the Java engines and FEEL of DMN and Zeebe, inside a stated subset.

Text in, a text of signoff's own language out, or the part that has no counterpart here; nothing is evaluated.
The subset stands in docs/expressions-of-others.md. May import model.expression and errors.
"""

from signoff.notation.dialect.feel import translate as feel
from signoff.notation.dialect.juel import is_template, template
from signoff.notation.dialect.juel import translate as juel
from signoff.notation.dialect.token import Untranslatable

__all__ = ["Untranslatable", "feel", "is_template", "juel", "template"]
