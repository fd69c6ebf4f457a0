"""XPath 1.0 as far as BPMN's own functions for data need it: `bpmn:getDataObject('amount') > 5000 and not(false())`.

It is the language of a file that names none (BPMN 2.0.2 §10.4.3). Rewritten as FEEL, whose signs it shares. May import
its siblings.
"""

import re

from signoff.notation.dialect.feel import translate as feel
from signoff.notation.dialect.token import Untranslatable

_READS = r"get(?:DataObject|DataInput|DataOutput|ProcessProperty)"
_OWN = re.compile(rf"(?:^|[^\w]){_READS}\s*\(")
_PART = re.compile(
    rf"""(?:[A-Za-z_][\w.-]*:)?{_READS}\s*\(\s*(?:(?:'[^']*'|"[^"]*")\s*,\s*)?(?P<name>'[^']*'|"[^"]*")\s*\)(?P<path>(?:/\w+)*)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<truth>\b(?:true|false))\s*\(\s*\)
      | (?P<division>\bdiv\b)""",
    re.VERBOSE,
)


def is_xpath(text: str) -> bool:
    """Whether a text asks for data as BPMN's functions for XPath do."""
    return _OWN.search(text) is not None


def translate(text: str) -> str:
    """The expression. Raises Untranslatable."""
    return feel(_PART.sub(_rewritten, text))


def _rewritten(part: re.Match[str]) -> str:
    if part["name"]:
        name = part["name"][1:-1]
        if not name.isidentifier():
            raise Untranslatable("unreadable", name, part.start("name"))
        return name + part["path"].replace("/", ".")
    if part["text"]:
        return '"' + part["text"][1:-1].replace("\\", "\\\\").replace('"', '\\"') + '"'
    return part["truth"] or "/"
