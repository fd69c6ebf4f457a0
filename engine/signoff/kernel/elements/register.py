"""Every element that runs, with its behaviour; one line a family. A test names each place an element must appear in."""

from collections.abc import Mapping
from typing import Any

from signoff.kernel.elements.called import CALLS
from signoff.kernel.elements.container import CONTAINERS
from signoff.kernel.elements.decision import DECISION
from signoff.kernel.elements.event import EVENTS
from signoff.kernel.elements.gateway import GATEWAYS
from signoff.kernel.elements.handler import HANDLERS
from signoff.kernel.elements.human import HUMAN
from signoff.kernel.elements.multiple import MULTIPLE
from signoff.kernel.elements.plain import PLAIN
from signoff.kernel.elements.request import REQUESTS
from signoff.kernel.elements.service import SERVICE
from signoff.kernel.elements.throwing import THROWS
from signoff.kernel.run import Behaviour

# Boundary events are entered by what happens, not by a token. The one erased register: each behaviour takes
# its own node class.
BEHAVIOURS: Mapping[type[Any], Behaviour] = {
    **EVENTS,
    **THROWS,
    **GATEWAYS,
    **HUMAN,
    **PLAIN,
    **SERVICE,
    **DECISION,
    **CONTAINERS,
    **HANDLERS,
    **CALLS,
    **MULTIPLE,
    **REQUESTS,
}
