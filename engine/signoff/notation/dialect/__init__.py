"""Foreign expression languages: JUEL of the Java engines, FEEL of DMN and Zeebe, XPath with BPMN's functions, in part.

Text in, a text of signoff's own language out, or the part that has no counterpart here; nothing is evaluated.
The subset stands in docs/from-camunda-7.md. May import model.expression and errors.
"""

from signoff.notation.dialect.feel import translate as feel
from signoff.notation.dialect.juel import is_template, template
from signoff.notation.dialect.juel import translate as juel
from signoff.notation.dialect.token import Untranslatable
from signoff.notation.dialect.xpath import is_xpath
from signoff.notation.dialect.xpath import translate as xpath

__all__ = ["Untranslatable", "feel", "is_template", "is_xpath", "juel", "template", "xpath"]
