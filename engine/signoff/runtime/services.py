"""Notices to every service that Apprise knows: DingTalk, Feishu, WeCom, Slack, Teams, Telegram, and many more.

Apprise is an extra (`pip install "signoff[apprise]"`), imported when the channel is made. Which URL means which
service is Apprise's to say. Must not import store or kernel.
"""

import importlib
import os
from typing import Any

from signoff.errors import HandlerError, Retryable
from signoff.runtime.channels import MAX_SUBJECT, Notice
from signoff.runtime.text import one_line

VARIABLE = "SIGNOFF_APPRISE"


class AppriseChannel:
    """Hands each notice to the services behind these URLs, separated by spaces or lines.

    `urls`, else the variable SIGNOFF_APPRISE: `dingtalk://token  slack://…`. HandlerError where Apprise is not
    installed or does not know a URL; the URLs hold tokens and are never repeated. A service that failed is tried
    again, and the others get the notice once more: every one says the id of the notice in its last line.
    """

    name = "apprise"

    def __init__(self, urls: str = "") -> None:
        given = (urls or os.environ.get(VARIABLE, "")).split()
        try:
            library: Any = importlib.import_module("apprise")
        except ImportError as error:
            raise HandlerError("apprise_missing") from error
        self._client = library.Apprise()
        for place, url in enumerate(given, start=1):
            if not self._client.add(url):
                raise HandlerError("apprise_url", number=place, variable=VARIABLE)
        if not given:
            raise HandlerError("apprise_url", number=1, variable=VARIABLE)

    def send(self, notice: Notice, /) -> None:
        """Hand one notice over. Raises Retryable when a service did not take it; which one stands in Apprise's log."""
        to = f"{notice.to.name or notice.to.id}: "
        title = one_line(to + notice.subject, limit=MAX_SUBJECT)
        if not self._client.notify(title=title, body=f"{notice.text}\n[{notice.id}]"):
            raise Retryable("a service that Apprise knows did not take the notice")
