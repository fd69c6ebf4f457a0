"""Ids of instances: two hex digits of the shard, then sixteen letters and digits.

Everything with an id inside an instance begins with the instance's, so a task says where its rows are. Made from
what names the start, or from entropy that the caller brings. Must import nothing of signoff but `errors`.
"""

import base64
import hashlib
import re

from signoff.errors import NotFound

LENGTH = 18
_ID = re.compile(r"[0-9a-f]{2}[a-z2-7]{16}")


def shard_of(routing_key: str) -> int:
    """The shard (0 to 255) of a routing key; the same for ever."""
    return hashlib.sha256(routing_key.encode(errors="surrogatepass")).digest()[0]


def instance_id(shard: int, *parts: str) -> str:
    """The id that these parts name: the process and a request id, or entropy."""
    assert 0 <= shard <= 255, "there are 256 shards"
    joined = "\0".join(parts).encode(errors="surrogatepass")
    return f"{shard:02x}" + base64.b32encode(hashlib.sha256(joined).digest()[:10]).decode().lower()


def new_instance(process: str, *, key: str = "", request_id: str = "", entropy: str = "") -> str:
    """The id of a new instance: the same again for the same process and request id.

    Routed by the business key, else by the request id, else by the entropy; one of the last two must be given.
    """
    assert request_id or entropy, "without a request id it takes entropy"
    name = ("request", request_id) if request_id else ("entropy", entropy)
    return instance_id(shard_of(key or request_id or entropy), process, *name)


def routed(id: str, key: str) -> str:
    """The same id in the shard of a business key: there, and only there, a key can be seen to be in use."""
    return f"{shard_of(key):02x}{id[2:]}"


def shard_in(id: str) -> int:
    """The shard of an instance, or of anything inside one, by its id. Raises NotFound for what is no id."""
    if not isinstance(id, str) or not _ID.fullmatch(id[:LENGTH]) or (len(id) > LENGTH and id[LENGTH] != ":"):
        raise NotFound("not_an_id", id=id)
    return int(id[:2], 16)
