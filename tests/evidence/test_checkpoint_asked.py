"""What is to be trusted is what was asked for: the program of a bundle puts nothing of the bundle in its place."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.evidence.test_bundle import left

__all__ = ["left"]


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("--checkpoint", b"  \n"),
        ("--checkpoint", None),
        ("--key", b"no key"),
        ("--key", None),
        ("--key", b""),
    ],
)
def test_a_checkpoint_or_key_that_says_nothing_is_refused(
    left: tuple[bytes, str, bytes], tmp_path: Path, option: str, content: bytes | None
) -> None:
    if content == b"":
        public = X25519PrivateKey.generate().public_key()
        content = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "bundle.zip").write_bytes(left[0])
    given = tmp_path / "given"
    if content is not None:
        given.write_bytes(content)
    program = Path(sys.modules["signoff.read.bundle"].__path__[0]) / "verify.py"
    asked = [sys.executable, "-B", str(program), str(tmp_path / "bundle.zip"), option, str(given)]
    done = subprocess.run(asked, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2, done.stdout
    assert b"Traceback" not in done.stderr
