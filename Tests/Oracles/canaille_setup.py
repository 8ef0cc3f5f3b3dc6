"""Writes the configuration of an identity provider, Canaille, with a new key.

    canaille_setup.py FOLDER PORT
"""
import json
import pathlib
import sys

from joserfc.jwk import RSAKey

folder, port = pathlib.Path(sys.argv[1]), sys.argv[2]
key = RSAKey.generate_key(2048, {"kid": "canaille", "use": "sig", "alg": "RS256"}).as_dict(private=True)
toml = ", ".join(f"{name} = {json.dumps(value)}" for name, value in key.items())
(folder / "canaille.toml").write_text(
    f"""SECRET_KEY = "a secret of the tests"
SERVER_NAME = "localhost:{port}"
PREFERRED_URL_SCHEME = "http"

[CANAILLE]
HTMX = false

[CANAILLE_SQL]
DATABASE_URI = "sqlite:///{folder}/canaille.sqlite"

[CANAILLE_OIDC]
ACTIVE_JWKS = [{{{toml}}}]
""",
    encoding="utf-8",
)
