"""Breaks copies of the files, one fault at a time, and tests that the check refuses each one for the right reason."""

import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import compose
import fleet
import image
import ledger
import manifests
import objects
import readme

COMPOSE, BASE, CHART = "deploy/compose.yaml", "deploy/kubernetes", "helm/dcmms"

# The ledger's first line. A fault is the only line below it, because the ledger's own lines change with every issue.
HEADER = ",".join(ledger.COLUMNS) + "\n"

# A file, a text in it, the text that replaces it, and what the check must report.
FAULTS = [
    (COMPOSE, "GATEWAY_AUTH_URL: http", "GATEWAY_AUHT_URL: http", "gateway does not read GATEWAY_AUHT_URL"),
    (COMPOSE, "      SMTP_URL: smtp://mailpit:1025\n", "", "SMTP_URL is not set"),
    (COMPOSE, "mqtts://emqx:8883\n", "emqx:8883\n", "MQTT_URL must be a URL"),
    (COMPOSE, "http://assets:8083", "http://assets:8038", "leads to port 8038"),
    (COMPOSE, "HTTP_PORT: 8084", "HTTP_PORT: 8048", "mobile-sync: HTTP_PORT is not 8084"),
    (COMPOSE, "@timescaledb:5432", "@timescale:5432", "which is not a service"),
    (COMPOSE, "127.0.0.1:8080:8080", "8080:8080", "published beyond loopback"),
    (COMPOSE, "127.0.0.1:8080:8080", "127.0.0.1:8080:8008", "does not lead to its port"),
    (COMPOSE, "://auth:${AUTH_DB_PASSWORD}@", "://auth:secret@", "is a secret, but its value is in the file"),
    (COMPOSE, "    healthcheck: *postgres-health", "    healthchek: *postgres-health", "healthchek"),
    (COMPOSE, "kafka: { condition: service_healthy }", "kafka: { condition: healthy }", "unknown variant"),
    (COMPOSE, "apache/kafka:3.9.1", "apache/kafka:latest", "has no version"),
    (COMPOSE, "\n  ml-scoring:\n", "\n  ml-scorer:\n", "ml-scoring is missing"),
    (COMPOSE, "DAEMON: dcmms-auth ", "DAEMON: dcmms-assets ", "built from another program"),
    ("deploy/env.example", "REDIS_PASSWORD=", "REDIS_PASS=", "$REDIS_PASSWORD is not in env.example"),
    ("README.md", "`STREAM_INSTANCE`", "`STREAM_INSTANT`", "lacks STREAM_INSTANCE"),
    ("deploy/Dockerfile", "USER 10001:10001", "USER dcmms", "USER must be a number"),
    ("deploy/Dockerfile", "ENTRYPOINT [", "ENTRYPONT [", "Dockerfile:"),
    ("deploy/Dockerfile", "libmosquitto1 ", "", "a library of libmosquitto1"),
    ("deploy/Dockerfile", "libpq-dev ", "", "libpq-dev is not installed for the build"),
    (".dockerignore", "!deploy/web\n", "", ".dockerignore keeps deploy/web out"),
    ("deploy/Dockerfile", "FROM ${DEBIAN_IMAGE} AS", "FROM debian AS", "the image debian has no version"),
    (f"{BASE}/daemons/auth.yaml", "containerPort: 8081", "containerPort: 8018", "its container's port http is [8018]"),
    (f"{BASE}/daemons/auth.yaml", "containerPort: 9081", "containerPort: 9018", "its container's port operations is [9018]"),
    (f"{BASE}/network.yaml", "{ port: operations }", "{ port: http }", "nobody can read the metrics"),
    (f"{BASE}/daemons/auth.yaml", "name: http, port: 8081", "name: http, port: 81", "Service auth does not lead"),
    (f"{BASE}/daemons/assets.yaml", "{ port: 6379 }", "{ port: 6397 }", "opens the stores' ports [5432]"),
    (f"{BASE}/daemons/work-orders.yaml", "app.kubernetes.io/name: gateway", "app.kubernetes.io/name: assets", "lets ['assets'] call it"),
    (f"{BASE}/daemons/gateway.yaml", ", ml-scoring]", "]", "NetworkPolicy gateway lets it call"),
    (f"{BASE}/daemons/stream-processor.yaml", "name: STREAM_INSTANCE", "name: STREAM_INSTANT", "does not read STREAM_INSTANT"),
    (f"{BASE}/daemons/mobile-sync.yaml", "kind: Deployment, name", "kind: StatefulSet, name", "HorizontalPodAutoscaler mobile-sync scales"),
    (f"{BASE}/daemons/mobile-sync.yaml", "maxReplicas: 3", "maxReplicas: three", "HorizontalPodAutoscaler mobile-sync is not valid"),
    (f"{BASE}/shared/pod.yaml", "enableServiceLinks: false", "enableServiceLinks: false\n      serviceLinks: no", "serviceLinks"),
    (f"{BASE}/shared/pod.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "can write to its root"),
    (f"{BASE}/shared/pod.yaml", "path: /readyz", "path: /ready", "readinessProbe does not ask /readyz"),
    (f"{BASE}/network.yaml", "  podSelector: {}\n", "  podSelector: { matchLabels: { a: b } }\n", "does not select every pod"),
    (f"{BASE}/fleet.env", "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVER", "KAFKA_BOOTSTRAP_SERVERS is not set"),
    (f"{BASE}/kustomization.yaml", "  - daemons/assets.yaml\n", "", "assets has no"),
    (f"{BASE}/secrets.example.yaml", "  SMTP_USER:", "  SMTP_USR:", "notification does not read SMTP_USR"),
    (f"{CHART}/values.yaml", "MQTT_KEY_FILE:", "MQTT_KEYFILE:", "telemetry-ingest does not read MQTT_KEYFILE"),
    (f"{CHART}/values.yaml", "min: 2, max: 10", 'min: "2", max: 10', "'2' is not of type 'integer'"),
    (f"{CHART}/values.yaml", "stores: [emqx]", "stores: [mqtt]", "there is no store"),
    (f"{CHART}/templates/services.yaml", "{{- end }}", "{{- end }", "helm lint refuses"),
    (f"{CHART}/templates/disruption.yaml", "maxUnavailable: 1", "maxUnavailable: 2", "base and chart differ in PodDisruptionBudget"),
    (f"{CHART}/templates/workloads.yaml", "drop: [ALL]", "drop: []", "has capabilities"),
    *(
        (ledger.FILE, HEADER, HEADER + line, expected)
        for line, expected in [
            ("tune:x,tune,flows,1,x,planned,issue 12,,\n", ".csv:2: tune:x is of an unknown kind: tune"),
            ("route:x,table,flows,1,x,planned,issue 12,,\n", "does not begin with table:"),
            ("route:x,route,poem,1,x,planned,issue 12,,\n", "is of an unknown document: poem"),
            ("route:x,route,flows,1,x,planned,issue 12,,\n", "comes after rows of flows"),
            ("route:x,route,system-architecture,1,,planned,issue 12,,\n", "does not say what it is"),
            ("route:x,route,flows,1,x,begun,issue 12,,\n", "has an unknown state: begun"),
            ("route:x,route,flows,1,x,planned,,,\n", "is planned and names no issue"),
            ("route:x,route,flows,1,x,replaced,,,\n", "is replaced and names no decision"),
            ("route:x,route,flows,1,x,replaced,ADR 999,,\n", "ADR 999, which is not in docs/adr"),
            ("route:x,route,flows,1,x,done,,,\n", "is done and names no test"),
            ("route:x,route,flows,1,x,done,,AssetsTests/RouteTests.aTestThatIsNotThere,\n", "which is not a test"),
            # A function beside the tests, and a test of another suite.
            ("route:x,route,flows,1,x,done,,AssetsTests/RouteTests.withService,\n", "which is not a test"),
            ("route:x,route,flows,1,x,done,,AssetsTests/HierarchyTests.concurrentMovesFormNoCycle,\n", "which is not a test"),
            ("route:x,route,flows,1,x,planned,issue 12,,\n" * 2, ".csv:3: route:x is also in line 2"),
            ("route:x,route,flows,1,x and y, planned,issue 12,,,\n", ".csv:2: a line has the columns id,kind"),
        ]
    ),
    (ledger.FILE, HEADER, HEADER.replace("state", "status"), ".csv:1: a line has the columns id,kind"),
]


def main(root):
    began = time.monotonic()
    daemons = fleet.read(root, root / ".build/debug")
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda fault: attempt(root, daemons, *fault), FAULTS))
    failures = [outcome for outcome in outcomes if outcome and not outcome.startswith("SKIPPED")]
    skipped = sorted({outcome for outcome in outcomes if outcome and outcome.startswith("SKIPPED")})
    # A daemon that nobody deploys is a fault, too.
    stranger = [*daemons, fleet.ask(daemons[0].program, name="stranger")]
    if "compose: stranger is missing" not in compose.check(root, stranger):
        failures.append("a daemon that is in no file is not noticed")
    for line in skipped + [f"dCMMS: deployment: {failure}" for failure in failures]:
        print(line, file=sys.stderr)
    if failures:
        sys.exit(1)
    found = len(FAULTS) + 1 - sum(1 for outcome in outcomes if outcome)
    print(f"deployment: the check refuses each of {found} faults ({time.monotonic() - began:.0f} s)")


def attempt(root, daemons, file, old, new, expected):
    """Nothing if the fault is found for the right reason, otherwise a line that says what happened."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("deploy", "helm", "docs", "Tests"):
            shutil.copytree(root / part, copy / part, ignore=shutil.ignore_patterns(".env", "__pycache__"))
        for single in ("Package.swift", "README.md", ".dockerignore"):
            shutil.copy(root / single, copy)
        text = (copy / file).read_text()
        if old not in text:
            return f"{file} has no {old!r}: the fault can't be made"
        (copy / file).write_text(text.replace(old, new, 1))
        try:
            problems = problems_of(copy, daemons, file)
        except manifests.Unavailable as tool:
            return f"SKIPPED: dCMMS: deployment: some faults were not tried: there is no {tool}"
    if any(expected in problem for problem in problems):
        return None
    return f"{file}: {old!r} became {new!r}, and the check said {problems or 'nothing'}"


def problems_of(root, daemons, file):
    """Only the part of the check that looks at this file."""
    if file.startswith(BASE):
        things = manifests.kustomize(root)
        found = objects.check(things, daemons, manifests.secrets(root))
        return found or objects.valid(things, objects.RELEASES[-1:])
    if file.startswith(CHART):
        problems = manifests.values(root, daemons)
        if not problems:
            problems, things = manifests.chart(root)
            problems += objects.check(things, daemons, manifests.secrets(root)) if not problems else []
            problems += manifests.differences(manifests.kustomize(root), things) if things else []
        return problems
    if file == ledger.FILE:
        return ledger.check(root)
    if file in ("deploy/Dockerfile", ".dockerignore"):
        return image.check(root, daemons) or image.loaded(root, daemons)
    return (readme.check if file == "README.md" else compose.check)(root, daemons)


if __name__ == "__main__":
    main(Path(__file__).resolve().parents[2])
