"""People whom a test makes for itself, and the codes of their authenticator apps."""
import base64
import hashlib
import hmac
import struct
import time
import uuid

import pytest

SECRET = "quiet-turbine-4711"


def fresh(name: str) -> str:
    return f"admin-{name}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def person(api):
    """Makes people with roles: `person(["viewer"])` gives their record. They are erased afterwards."""
    admin = api("admin")
    made = []

    def make(roles, name="Pia Person", **rest):
        word = fresh("person")
        user = admin.post("/users", {"email": f"{word}@console.example", "displayName": f"{name} {word[-8:]}", "roles": roles, "password": SECRET, **rest})
        made.append(user["id"])
        return user

    yield make
    for one in made:
        if not admin.get(f"/users/{one}")["isErased"]:
            admin.post(f"/users/{one}/erase")


def totp(secret: str, at: float | None = None) -> str:
    """The code that an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
