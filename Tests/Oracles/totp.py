"""Compares one-time codes and key URIs from Swift with pyotp's. Each line is `secret;time;code` or `uri;secret;account`."""
import sys

import pyotp

wrong = []
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file.read().splitlines():
        if line.startswith("otpauth:"):
            uri, secret, account = line.split(";")
            key = pyotp.parse_uri(uri)
            right = isinstance(key, pyotp.TOTP) and (key.secret, key.name, key.issuer) == (secret, account, "dCMMS")
            right = right and (key.digits, key.interval, key.digest().name) == (6, 30, "sha1")
        else:
            secret, time, code = line.split(";")
            right = pyotp.TOTP(secret).at(int(time)) == code
        if not right:
            wrong.append(line)
sys.exit(f"{len(wrong)} differ, for example {wrong[0]}" if wrong else 0)
