"""The two reads of the work-order daemon as a good Python service does them, for comparison (see docs/benchmarks.md).

It answers with the same documents from the same tables, verifies the same tokens, and keeps to one tenant. It does not log, count or
trace requests, has no roles and no scopes, and keeps no limits of time or size.
"""

import base64
import json
import os
import urllib.request
from contextlib import asynccontextmanager

import asyncpg
import jwt
import orjson
from fastapi import Depends, FastAPI, Header, HTTPException, Response

MOVES = {
    "draft": ["submit", "cancel"],
    "open": ["schedule", "start", "cancel"],
    "scheduled": ["schedule", "unschedule", "start", "cancel"],
    "in_progress": ["pause", "complete", "cancel"],
    "on_hold": ["resume", "cancel"],
    "completed": [],
    "cancelled": [],
}
ENTER = "SELECT set_config('dcmms.tenant', $1, true), set_config('dcmms.every_tenant', '', true)"
state = {}


@asynccontextmanager
async def lifespan(app):
    with urllib.request.urlopen(os.environ["JWKS_URL"]) as answer:
        keys = jwt.PyJWKSet.from_dict(json.load(answer)).keys
    state["keys"] = {key.key_id: key.key for key in keys}
    # Two workers with four each have as many as the daemon.
    state["pool"] = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=4)
    yield
    await state["pool"].close()


app = FastAPI(lifespan=lifespan)


def tenant(authorization: str = Header()) -> str:
    token = authorization.removeprefix("Bearer ")
    try:
        key = state["keys"][jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key, algorithms=["RS256"], audience="dcmms", issuer="dcmms")["tid"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401) from None


def time(value):
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def document(row, tasks):
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "title": row["title"],
        "description": row["description"],
        "type": row["type"],
        "priority": row["priority"],
        "status": row["status"],
        "allowedTransitions": MOVES[row["status"]],
        "siteId": str(row["site_id"]),
        "assetId": str(row["asset_id"]),
        "assignedTo": row["assigned_to"] and str(row["assigned_to"]),
        "scheduledStart": time(row["scheduled_start"]),
        "scheduledEnd": time(row["scheduled_end"]),
        "actualStart": time(row["actual_start"]),
        "actualEnd": time(row["actual_end"]),
        "origin": row["origin"],
        "originId": row["origin_id"],
        "tasks": [
            {
                "id": str(task["id"]),
                "title": task["title"],
                "position": task["position"],
                "status": task["status"],
                "completedAt": time(task["completed_at"]),
                "completedBy": task["completed_by"] and str(task["completed_by"]),
                "notes": task["notes"],
            }
            for task in tasks
        ],
        "createdAt": time(row["created_at"]),
        "createdBy": row["created_by"] and str(row["created_by"]),
        "updatedAt": time(row["updated_at"]),
        "version": row["version"],
    }


def answer(body):
    return Response(orjson.dumps(body), media_type="application/json")


@app.get("/api/v1/workorders/{id}")
async def read(id: str, tenant: str = Depends(tenant)):
    async with state["pool"].acquire() as connection, connection.transaction():
        await connection.execute(ENTER, tenant)
        row = await connection.fetchrow("SELECT * FROM work_orders WHERE id = $1 AND tenant_id = $2", id, tenant)
        if row is None:
            raise HTTPException(404)
        tasks = await connection.fetch(
            "SELECT * FROM work_order_tasks WHERE work_order_id = $1 AND tenant_id = $2 ORDER BY position", id, tenant
        )
    return answer(document(row, tasks))


@app.get("/api/v1/workorders")
async def items(limit: int = 50, tenant: str = Depends(tenant)):
    async with state["pool"].acquire() as connection, connection.transaction():
        await connection.execute(ENTER, tenant)
        rows = await connection.fetch(
            "SELECT * FROM work_orders WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2", tenant, limit + 1
        )
        found = rows[:limit]
        tasks = {row["id"]: [] for row in found}
        for task in await connection.fetch(
            "SELECT * FROM work_order_tasks WHERE work_order_id = ANY($1) AND tenant_id = $2"
            " ORDER BY work_order_id, position",
            list(tasks),
            tenant,
        ):
            tasks[task["work_order_id"]].append(task)
    cursor = None
    if len(rows) > limit:
        position = {"createdAt": found[-1]["created_at"].timestamp(), "id": str(found[-1]["id"])}
        cursor = base64.urlsafe_b64encode(orjson.dumps(position)).decode()
    return answer({"items": [document(row, tasks[row["id"]]) for row in found], "nextCursor": cursor})
