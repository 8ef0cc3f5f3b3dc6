"""Puts records where the fleet can't handle them: into the log's topics, and into the outbox of a daemon.

    CONSOLE_STACK   the folder whose `make demo` runs   this repository
"""
import datetime
import os
import struct
import subprocess
import uuid

from confluent_kafka import Producer

from plant import STACK

RUN = STACK / ".local/run"
TOPIC = "workorders.requested"
TYPE = "workorder.requested.v1"
SCHEMA = 22


def long(number: int) -> bytes:
    """Avro's zigzag numbers."""
    number = number << 1 ^ number >> 63
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def string(text: str) -> bytes:
    encoded = text.encode()
    return long(len(encoded)) + encoded


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class WorkRequest:
    """What an alert asks of the work orders: one urgent work order."""

    def __init__(self, tenant: str, asset: dict, title: str):
        self.tenant = tenant
        self.id = str(uuid.uuid4())
        at = int(now().timestamp() * 1_000_000)
        # Its work order's id: the time of the request, and then that of the request.
        time = f"{at // 1000:012x}"
        self.order = f"{time[:8]}-{time[8:]}-7{self.id[15:]}"
        # Enumerations are the places of their symbols: corrective, high, alert.
        self.value = b"\0" + struct.pack(">I", SCHEMA) + b"".join([
            string(self.id), string(tenant), string(asset["siteId"]), string(asset["id"]), string(title), long(0), long(0), long(2), long(1),
            string(str(uuid.uuid4())), long(at),
        ])
        self.headers = {
            "ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_type": TYPE, "ce_source": "console-tests", "ce_time": now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "ce_tenantid": tenant,
        }

    def send(self, value: bytes | None = None):
        """Into its topic, as it is or with another value."""
        producer = Producer({"bootstrap.servers": (RUN / "broker.ready").read_text(encoding="utf-8").strip(), "message.timeout.ms": 30_000})
        producer.produce(TOPIC, key=self.id.encode(), value=self.value if value is None else value, headers=list(self.headers.items()))
        assert producer.flush(30) == 0, "the log does not take the record"


def sql(statement: str, **values: str) -> str:
    """In the database of the work orders, as its owner."""
    # The fourth line is the port.
    port = (RUN / "postgres/postmaster.pid").read_text(encoding="utf-8").splitlines()[3]
    password = (STACK / ".local/passwords/work_orders_owner").read_text(encoding="utf-8").strip()
    settings = [word for name, value in values.items() for word in ("-v", f"{name}={value}")]
    done = subprocess.run(
        ["psql", "-h", "127.0.0.1", "-p", port, "-U", "work_orders_owner", "-d", "work_orders", "-v", "ON_ERROR_STOP=1", "-At", *settings],
        input=statement, env={**os.environ, "PGPASSWORD": password}, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def take_place(request: WorkRequest):
    """Another organization's work order has the id already that this one will get."""
    sql(
        """
        INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, origin, origin_id, created_at, updated_at, version)
        VALUES (:'id', gen_random_uuid(), :'id', 'In the way', 'corrective', 'low', 'open', gen_random_uuid(), gen_random_uuid(), 'alert', :'id', now(), now(), 1)
        """,
        id=request.order,
    )


def give_place_back(request: WorkRequest):
    sql("DELETE FROM work_orders WHERE id = :'id' AND tenant_id <> :'tenant'", id=request.order, tenant=request.tenant)


def refuse(request: WorkRequest, reason: str):
    """The outbox has the request, and the log once refused it."""
    headers = ", ".join(f"'{name}', '{value}'" for name, value in request.headers.items())
    sql(
        f"INSERT INTO outbox (topic, key, value, headers, refused) VALUES ('{TOPIC}', :'id', decode(:'value', 'hex'), jsonb_build_object({headers}), :'reason')",
        id=request.id, value=request.value.hex(), reason=reason,
    )
