"""The kustomize base, the example of its Secrets, and the chart's values."""

from pathlib import Path

from texts import between, database, operations, variable

MADE = "# Made by `make fleet` from Shared/LocalFleet/Catalogue.swift.\n"
BASE = "deploy/kubernetes"
# Where the stores are: the namespace, a label of their pods, the port.
STORES = {
    "postgres": ("data", "cnpg.io/cluster: postgres", 5432),
    "timescaledb": ("data", "cnpg.io/cluster: timescaledb", 5432),
    "redis": ("data", "app.kubernetes.io/name: redis", 6379),
    "emqx": ("emqx", "app.kubernetes.io/name: emqx", 8883),
}


def files(root, catalogue):
    template = (Path(__file__).parent / "daemon.yaml").read_text()
    made = {f"{BASE}/daemons/{each['name']}.yaml": MADE + daemon(each, catalogue, template) for each in catalogue}
    text = (root / BASE / "kustomization.yaml").read_text()
    resources = "".join(f"  - daemons/{each['name']}.yaml\n" for each in catalogue)
    text = between(text, "  # daemons: made by `make fleet`", "  # end", resources)
    tags = [line.rpartition("newTag: ")[2].split(" ")[0] for line in text.splitlines() if "newTag:" in line]
    image = "  - {{ name: dcmms/{0}, newName: registry.example.com/dcmms/{0}, newTag: {1} }}\n"
    images = "".join(image.format(each["name"], tags[0]) for each in catalogue)
    made[f"{BASE}/kustomization.yaml"] = between(text, "  # images: made by `make fleet`", "  # end", images)
    text = (root / BASE / "secrets.example.yaml").read_text()
    secrets = "".join(secret(each) for each in catalogue)
    made[f"{BASE}/secrets.example.yaml"] = between(text, "# daemons: made by `make fleet`", "# end", secrets)
    text = (root / "helm/dcmms/values.yaml").read_text()
    values = "\n".join(value(each) for each in catalogue)
    made["helm/dcmms/values.yaml"] = between(text, "daemons: # made by `make fleet`", "# end", values)
    return made


def stores(daemon):
    found = [daemon["database"]] if "database" in daemon else []
    return found + (["redis"] if daemon["usesRedis"] else []) + daemon["cluster"]["stores"]


def daemon(daemon, catalogue, template):
    name, own, size = daemon["name"], daemon["cluster"], daemon["size"]
    routed = [each for each in catalogue if each["isRouted"]]
    settings = dict(own["settings"])
    if name == "gateway":
        settings |= {f"GATEWAY_{variable(each['name'])}_URL": f"http://{each['name']}:{each['port']}" for each in routed}
    variables = [f"            - {{ name: {key}, value: \"{value}\" }}" for key, value in sorted(settings.items())]
    is_stateful = "instanceVariable" in own
    if is_stateful:
        variables.append(f"            - name: {own['instanceVariable']}")
        variables.append("              valueFrom: { fieldRef: { fieldPath: metadata.name } }")
    mounts, volumes = [], []
    if "certificate" in own:
        mounts = ["          volumeMounts:", "            - { name: certificates, mountPath: /certificates, readOnly: true }"]
        volumes = ["      volumes:", "        - name: certificates"]
        volumes.append(f"          secret: {{ secretName: {own['certificate']}, defaultMode: 0440 }}")
    stateful = [f"  serviceName: {name}", "  podManagementPolicy: Parallel"] if is_stateful else []
    return fill(
        template,
        about=daemon["about"],
        name=name,
        port=daemon["port"],
        operations=operations(daemon["port"]),
        kind="StatefulSet" if is_stateful else "Deployment",
        stateful=stateful,
        variables=variables,
        cpu=size["cpu"],
        memory=size["memory"],
        limit=size["memoryLimit"],
        mounts=mounts,
        volumes=volumes,
        replicas=size["replicas"],
        policies="Ingress, Egress" if name == "gateway" or daemon["isRouted"] else "Egress",
        ingress=ingress(daemon),
        egress=egress(daemon, routed),
    )


def fill(template, **parts):
    """The template with its `@names` filled in. A list of lines replaces the whole line of its name, which disappears if the list is empty."""
    for name, part in parts.items():
        if isinstance(part, list):
            template = template.replace(f"@{name}\n", "".join(f"{line}\n" for line in part))
        else:
            template = template.replace(f"@{name}@", str(part))
    return template


def ingress(daemon):
    if daemon["name"] == "gateway":
        peer = ["        - namespaceSelector:", "            matchLabels: { kubernetes.io/metadata.name: ingress-nginx }"]
    elif daemon["isRouted"]:
        peer = ["        - podSelector:", "            matchLabels: { app.kubernetes.io/name: gateway }"]
    else:
        return []
    return ["  ingress:", "    - from:", *peer, "      ports:", "        - { port: http }"]


def egress(daemon, routed):
    lines = []
    if daemon["name"] == "gateway":
        lines += ["    # Only the gateway can connect to other daemons.", "    - to:", "        - podSelector:", "            matchExpressions:"]
        lines += ["              - key: app.kubernetes.io/name", "                operator: In"]
        lines.append(f"                values: [{', '.join(each['name'] for each in routed)}]")
        lines += ["      ports:", "        - { port: http }"]
    for store in stores(daemon):
        namespace, label, port = STORES[store]
        lines += ["    - to:", "        - namespaceSelector:"]
        lines.append(f"            matchLabels: {{ kubernetes.io/metadata.name: {namespace} }}")
        lines += ["          podSelector:", f"            matchLabels: {{ {label} }}", "      ports:"]
        lines.append(f"        - {{ port: {port} }}")
    if daemon["cluster"]["egressPorts"]:
        lines.append("    - ports:")
        lines += [f"        - {{ port: {port} }}" for port in daemon["cluster"]["egressPorts"]]
    # A daemon without connections of its own also needs a policy.
    return ["  egress:", *lines] if lines else ["  egress: []"]


def secret(daemon):
    name, base = daemon["name"], database(daemon["name"])
    values = {"KAFKA_SASL_PASSWORD": "change-me"}
    if "database" in daemon:
        place = f"{daemon['database']}-rw.data.svc:5432/{base}?sslmode=require"
        values["DATABASE_URL"] = f"postgres://{base}:change-me@{place}"
        values["DATABASE_OWNER_URL"] = f"postgres://{base}_owner:change-me@{place}"
    if daemon["usesRedis"]:
        values["REDIS_URL"] = "redis://:change-me@redis.data.svc:6379"
    values |= dict(sorted(daemon["cluster"]["secrets"].items()))
    lines = [f"# {daemon['about']}", "apiVersion: v1", "kind: Secret", "metadata:", f"  name: {name}", "  namespace: dcmms"]
    lines += ["stringData:", *(f"  {key}: {value}" for key, value in values.items()), "---"]
    return "\n".join(lines) + "\n"


def value(daemon):
    name, own, size = daemon["name"], daemon["cluster"], daemon["size"]
    caller = "ingress" if name == "gateway" else "gateway" if daemon["isRouted"] else "nobody"
    lines = [f"  # {daemon['about']}", f"  {name}:", f"    port: {daemon['port']}", f"    calledBy: {caller}"]
    lines.append(f"    stores: [{', '.join(stores(daemon))}]")
    lines.append(f"    replicas: {{ min: 2, max: {size['replicas']} }}")
    if "instanceVariable" in own:
        lines.append(f"    instanceVariable: {own['instanceVariable']}")
    if "certificate" in own:
        lines.append(f"    certificate: {own['certificate']}")
    if own["egressPorts"]:
        lines.append(f"    egressPorts: [{', '.join(map(str, own['egressPorts']))}]")
    lines += ["    resources:", f"      requests: {{ cpu: {size['cpu']}, memory: {size['memory']} }}"]
    lines.append(f"      limits: {{ memory: {size['memoryLimit']} }}")
    if own["settings"]:
        # The values of variables are texts, whatever they look like.
        settings = {key: f'"{value}"' if value.isdigit() else value for key, value in own["settings"].items()}
        lines += ["    env:", *(f"      {key}: {value}" for key, value in sorted(settings.items()))]
    return "\n".join(lines) + "\n"
