"""Signing as Standard Webhooks 1.0.0 asks: HMAC-SHA256 over `id.timestamp.body`, one signature for each secret."""

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256
from hmac import digest

from pydantic import SecretStr

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def signing_keys(secrets: SecretStr) -> tuple[bytes, ...]:
    """Return the keys that *secrets* holds: one, or several with blanks between them while one replaces another.

    Raises:
        ValueError: There is none, or one is not `whsec_` with the base64 of 24 to 64 bytes; it is not repeated.
    """
    keys = tuple(_key(written) for written in secrets.get_secret_value().split())
    if not keys:
        raise ValueError("there is no secret")
    return keys


def signatures(keys: tuple[bytes, ...], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`; the receiver believes it if any of the signatures is right.

    >>> keys = signing_keys(SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    >>> signatures(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{b64encode(digest(key, signed, sha256)).decode()}" for key in keys)


def _key(written: str) -> bytes:
    try:
        key = b64decode(written.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not written.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"a secret is {_PREFIX} and the base64 of {_SHORTEST} to {_LONGEST} bytes")
    return key
