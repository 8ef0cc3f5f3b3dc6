"""An identity provider of SAML 2.0 that is none of ours (lasso): answers a request of ours for Anna.

    saml_provider.py METADATA URL OWN-METADATA KEY CERTIFICATE DIGEST

Prints what its page would make the browser send: the answer in base64, and the state.
"""
import sys
from datetime import datetime, timedelta, timezone

import lasso

ours, url, own, key, certificate, digest = sys.argv[1:7]
server = lasso.Server(own, key, None, certificate)
server.signatureMethod = getattr(lasso, f"SIGNATURE_METHOD_RSA_{digest}")
server.addProvider(lasso.PROVIDER_ROLE_SP, ours)
login = lasso.Login(server)
login.processAuthnRequestMsg(url.split("?", 1)[1])
login.validateRequestMsg(True, True)
now = datetime.now(timezone.utc)


def time(minutes):
    return (now + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


login.buildAssertion(lasso.SAML2_AUTHN_CONTEXT_PASSWORD, time(0), time(60), time(-1), time(5))
# Without a wish of ours, it makes up a name for one login.
name = login.assertion.subject.nameID
(name.format, name.content) = (lasso.SAML2_NAME_IDENTIFIER_FORMAT_PERSISTENT, "anna")
statement = lasso.Saml2AttributeStatement()
attributes = []
for name, values in {"mail": ["anna@sunfield.example"], "displayName": ["Anna Berg"], "groups": ["technicians", "everyone"]}.items():
    attribute = lasso.Saml2Attribute()
    attribute.name = name
    texts = []
    for value in values:
        node = lasso.MiscTextNode.newWithString(value)
        node.textChild = True
        text = lasso.Saml2AttributeValue()
        text.any = [node]
        texts.append(text)
    attribute.attributeValue = texts
    attributes.append(attribute)
statement.attribute = attributes
login.assertion.attributeStatement = [statement]
login.buildAuthnResponseMsg()
print(login.msgBody)
print(login.msgRelayState)
