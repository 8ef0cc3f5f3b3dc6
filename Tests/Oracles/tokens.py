"""Verifies our access tokens with another implementation of JWT.

    tokens.py JWKS_FILE TOKEN ISSUER AUDIENCE
"""
import json
import sys

from joserfc import jwt
from joserfc.jwk import KeySet

keys = KeySet.import_key_set(json.load(open(sys.argv[1], encoding="utf-8")))
token = jwt.decode(sys.argv[2], keys, algorithms=["RS256", "ES256"])
claims = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": sys.argv[3]},
    aud={"essential": True, "value": sys.argv[4]},
    exp={"essential": True},
    iat={"essential": True},
    sub={"essential": True},
)
claims.validate(token.claims)
for name in ("iat", "exp"):
    assert isinstance(token.claims[name], int), f"{name} has a fraction: strict libraries refuse it"
assert token.header["kid"], "the token names no key"

# The judge must be able to refuse.
head, body, signature = sys.argv[2].split(".")
flipped = ("A" if signature[10] != "A" else "B").join([signature[:10], signature[11:]])
try:
    jwt.decode(f"{head}.{body}.{flipped}", keys, algorithms=["RS256", "ES256"])
except Exception:
    print("tokens: ok")
else:
    sys.exit("tokens: a wrong signature is accepted")
