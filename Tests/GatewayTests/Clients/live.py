"""Judges the gateway's WebSocket with an independent implementation: python live.py <url> <token> <authority's certificate>"""
import asyncio
import json
import ssl
import sys

import websockets
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def follow(url, headers, trust, cursor=None):
    client = await connect(url, additional_headers=headers, max_size=1 << 20, ssl=trust)
    await client.send(json.dumps({"type": "subscribe", "kinds": ["workorders"], "cursor": cursor}))
    answer = json.loads(await client.recv())
    assert answer["type"] == "subscribed", answer
    return client


async def versions(client, count):
    found, cursor = [], None
    while len(found) < count:
        message = json.loads(await asyncio.wait_for(client.recv(), 60))
        cursor = message.get("cursor", cursor)
        if message["type"] == "event":
            found.append(message["version"])
    return found, cursor


async def main(url, token, authority):
    headers = {"Authorization": f"Bearer {token}"}
    trust = ssl.create_default_context(cafile=authority) if url.startswith("wss") else None
    client = await follow(url, headers, trust)
    first, cursor = await versions(client, 5)
    latency = await asyncio.wait_for(await client.ping(), 60)
    assert latency >= 0
    await client.close()
    assert client.close_code == 1000, client.close_code

    # No gap and nothing twice after a pause.
    await asyncio.sleep(0.3)
    client = await follow(url, headers, trust, cursor)
    more, _ = await versions(client, 10)
    assert first + more == list(range(first[0], first[0] + 15)), (first, more)

    # A message in pieces, one of them within a character.
    text = json.dumps({"type": "x", "note": "ä"}, ensure_ascii=False).encode()
    await client.send([text[:20].decode("utf-8", "ignore"), text[20:].decode("utf-8", "ignore")])
    while (message := json.loads(await client.recv()))["type"] != "error":
        pass

    # Binary messages are refused with the code for that.
    await client.send(b"\x00")
    try:
        while True:
            await asyncio.wait_for(client.recv(), 60)
    except ConnectionClosed:
        assert client.close_code == 1003, client.close_code

    try:
        await connect(url, ssl=trust)
        raise AssertionError("a client without a token was let in")
    except websockets.exceptions.InvalidStatus as refusal:
        assert refusal.response.status_code == 401, refusal.response


asyncio.run(main(*sys.argv[1:]))
