"""Writes the configuration of an identity provider, Canaille, with a new key, over a directory.

    canaille_setup.py FOLDER PORT LDAP_URL SUFFIX BIND_DN BIND_PASSWORD
    canaille_setup.py --schema

With --schema, prints the file of the schema that the directory needs.
"""
import importlib.util
import json
import pathlib
import sys

from joserfc.jwk import RSAKey

if sys.argv[1] == "--schema":
    package = pathlib.Path(importlib.util.find_spec("canaille").origin).parent
    print(package / "backends/ldap/schemas/oauth2-openldap.schema")
    sys.exit()

folder, port, url, suffix, bind, password = pathlib.Path(sys.argv[1]), *sys.argv[2:7]
key = RSAKey.generate_key(2048, {"kid": "canaille", "use": "sig", "alg": "RS256"}).as_dict(private=True)
toml = ", ".join(f"{name} = {json.dumps(value)}" for name, value in key.items())
(folder / "canaille.toml").write_text(
    f"""SECRET_KEY = "a secret of the tests"
SERVER_NAME = "localhost:{port}"
PREFERRED_URL_SCHEME = "http"

[CANAILLE]
DATABASE = "ldap"
HTMX = false

[CANAILLE_LDAP]
URI = "{url}"
ROOT_DN = "{suffix}"
BIND_DN = "{bind}"
BIND_PW = "{password}"
USER_BASE = "ou=people,{suffix}"
GROUP_BASE = "ou=groups,{suffix}"

[CANAILLE_OIDC]
ACTIVE_JWKS = [{{{toml}}}]
""",
    encoding="utf-8",
)
