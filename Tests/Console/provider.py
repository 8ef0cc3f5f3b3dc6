"""Runs an identity provider, Canaille, that knows one person and nothing else: for a test, and gone with it.

    provider.py PORT CALLBACK

The person is `petra`; the client `dcmms`; their passwords are below.
"""
import socketserver
import sys
import wsgiref.simple_server

CLIENT, SECRET = "dcmms", "a secret of the client"
PERSON, PASSWORD, EMAIL, NAME, GROUP = "petra", "correct horse battery", "petra@provider.example", "Petra Provider", "technicians"


class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    """Browsers open more connections than they use."""

    daemon_threads = True


def main():
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend
    from joserfc.jwk import RSAKey

    port, callback = sys.argv[1:3]
    key = RSAKey.generate_key(2048, {"kid": "canaille", "use": "sig", "alg": "RS256"}).as_dict(private=True)
    app = create_app(config={
        "SECRET_KEY": "a secret of the tests", "SERVER_NAME": f"localhost:{port}", "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "HTMX": False}, "CANAILLE_OIDC": {"ACTIVE_JWKS": [key]},
    })
    with app.app_context():
        backend = Backend.instance
        person = models.User(user_name=PERSON, given_name="Petra", family_name="Provider", formatted_name=NAME, display_name=NAME, emails=[EMAIL], password=PASSWORD)
        backend.save(person)
        backend.save(models.Group(display_name=GROUP, members=[person]))
        client = models.Client(
            client_id=CLIENT, client_secret=SECRET, client_name="dCMMS", redirect_uris=[callback], grant_types=["authorization_code"], response_types=["code"],
            scope=["openid", "profile", "email", "groups"], token_endpoint_auth_method="client_secret_basic",
        )
        backend.save(client)
        client.audience = [client]
        backend.save(client)
    wsgiref.simple_server.make_server("127.0.0.1", int(port), app, Server).serve_forever()


if __name__ == "__main__":
    main()
