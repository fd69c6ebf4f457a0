"""Whose account runs this: what the system says, never what the environment says.

Acting without `--as` is attested by it, so a variable that anybody may set must not decide it.
"""

import os


def login() -> str:
    """The name of the account; raises KeyError or OSError where the system has none."""
    try:
        import pwd  # noqa: PLC0415 - POSIX only
    except ImportError:
        return os.getlogin()  # Windows asks the session, not the environment
    return pwd.getpwuid(os.getuid()).pw_name
