"""A mail server (Debian's aiosmtpd) that treats recipients according to their names.

  moody_mail_server.py PORT FOLDER

nobody@: 550, a permanent refusal; full@: 552 after the text; later@: 451; slow@: waits until the file FOLDER/go exists. All other
recipients are accepted: each mail adds a line with its recipient to FOLDER/mails.
"""
import asyncio, os, sys
from aiosmtpd.controller import Controller

port, folder = int(sys.argv[1]), sys.argv[2]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.partition("@")[0]
        if name == "nobody":
            return "550 no such user here"
        if name == "later":
            return "451 try again later"
        if name == "slow":
            while not os.path.exists(f"{folder}/go"):
                await asyncio.sleep(0.02)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("full@"):
            return "552 no room"
        with open(f"{folder}/mails", "a") as mails:
            mails.write(f"{envelope.rcpt_tos[0]}\n")
        return "250 OK"


Controller(Handler(), hostname="127.0.0.1", port=port).start()
asyncio.new_event_loop().run_forever()
