"""Checks Kubernetes objects from any source: they are valid and restricted, and each daemon gets its variables and connections."""

import re
from urllib.parse import urlsplit

import kubernetes_validate

from image import untagged

# The oldest release that has everything the manifests use, and the newest that the validator knows.
RELEASES = ("1.30", "1.32")
# Which store a variable leads to, by the port that its policy must open.
STORES = {"DATABASE_URL": 5432, "REDIS_URL": 6379, "MQTT_URL": 8883}


def valid(objects, releases):
    problems = []
    for thing in objects:
        for release in releases:
            try:
                kubernetes_validate.validate(thing, release, strict=True)
            except kubernetes_validate.ValidationError as error:
                path = ".".join(str(step) for step in error.path)
                problems.append(f"{label(thing)} is not valid in {release}: {path}: {error.message[:200]}")
                break
            except kubernetes_validate.SchemaNotFoundError as error:
                problems.append(f"{label(thing)}: {error.message}")
                break
    return problems


def check(objects, daemons, secrets):
    """`secrets`: the keys of each Secret that the documentation asks for, with their values."""
    fleet = {(thing["kind"], thing["metadata"]["name"]): thing for thing in objects}
    problems = []
    if fleet.get(("NetworkPolicy", "default-deny"), {}).get("spec", {}).get("podSelector", "none") != {}:
        problems.append("NetworkPolicy default-deny does not select every pod")
    rules = fleet.get(("NetworkPolicy", "fleet"), {}).get("spec", {}).get("ingress", [])
    if [port for rule in rules for port in rule.get("ports", [])] != [{"port": "operations"}]:
        problems.append("NetworkPolicy fleet: nobody can read the metrics, or more than the metrics")
    names = {daemon.name for daemon in daemons}
    for kind, name in fleet:
        if kind in ("Deployment", "StatefulSet", "Service") and name not in names:
            problems.append(f"{kind} {name}: there is no such daemon")
    for daemon in daemons:
        parts = {}
        for kind in ("Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"):
            parts[kind] = fleet.get((kind, daemon.name))
        parts["workload"] = fleet.get(("Deployment", daemon.name)) or fleet.get(("StatefulSet", daemon.name))
        missing = sorted(kind for kind, thing in parts.items() if not thing)
        if missing:
            problems.append(f"{daemon.name} has no {', no '.join(missing)}")
            continue
        pod = parts["workload"]["spec"]["template"]["spec"]
        variables = environment(pod["containers"][0], fleet, secrets)
        problems += [f"{daemon.name}: {problem}" for problem in variables.pop("?", [])]
        problems += judged(daemon, pod["containers"][0], variables)
        problems += restricted(daemon, pod)
        problems += connected(daemon, parts, fleet, variables)
    return problems


def label(thing):
    return f"{thing.get('kind')} {thing.get('metadata', {}).get('name')}"


def environment(container, fleet, secrets):
    """The variables, as the container would see them; under "?" those that could not be found."""
    variables, problems = {}, []
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            name = source["configMapRef"]["name"]
            variables |= fleet.get(("ConfigMap", name), {}).get("data", {})
            if ("ConfigMap", name) not in fleet:
                problems.append(f"there is no ConfigMap {name}")
        else:
            name = source["secretRef"]["name"]
            variables |= secrets.get(name, {})
            if name not in secrets:
                problems.append(f"secrets.example.yaml does not show Secret {name}")
    for entry in container.get("env", []):
        variables[entry["name"]] = entry.get("value", "from-the-pod")
    return variables | ({"?": problems} if problems else {})


def judged(daemon, container, variables):
    problems = daemon.judge(variables)
    plain = {entry["name"] for entry in container.get("env", [])}
    problems += [f"{daemon.name}: {name} is a secret, but its value is in env" for name in sorted(daemon.secret & plain)]
    listens = int(variables.get("HTTP_PORT", daemon.port))
    for name, expected in (("http", listens), ("operations", int(variables.get("OPERATIONS_PORT", listens + 1000)))):
        ports = [port["containerPort"] for port in container.get("ports", []) if port.get("name") == name]
        if ports != [expected]:
            problems.append(f"{daemon.name} listens on {expected}, its container's port {name} is {ports}")
    problems += untagged(daemon.name, container["image"])
    if container["image"].rpartition("/")[2].partition(":")[0] != daemon.name:
        problems.append(f"{daemon.name} runs the image {container['image']}")
    for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        if container.get(probe, {}).get("httpGet") != {"path": path, "port": "operations"}:
            problems.append(f"{daemon.name}: {probe} does not ask {path}")
    return problems


def restricted(daemon, pod):
    """The Pod Security Standard "restricted", and our additional rules."""
    container = pod["containers"][0]
    ours, its = pod.get("securityContext", {}), container.get("securityContext", {})
    resources = container.get("resources", {})
    rules = {
        "runs as root": ours.get("runAsNonRoot") is True and ours.get("runAsUser", 0) > 0,
        "has no seccomp profile": ours.get("seccompProfile", {}).get("type") == "RuntimeDefault",
        "may escalate its privileges": its.get("allowPrivilegeEscalation") is False,
        "has capabilities": its.get("capabilities") == {"drop": ["ALL"]},
        "can write to its root": its.get("readOnlyRootFilesystem") is True,
        "gets a token for the cluster's API": pod.get("automountServiceAccountToken") is False,
        "gets variables of every Service": pod.get("enableServiceLinks") is False,
        "asks for no CPU or memory": {"cpu", "memory"} <= set(resources.get("requests", {})),
        "has no limit of memory": "memory" in resources.get("limits", {}),
        "has less than 15 s to end": pod.get("terminationGracePeriodSeconds", 0) >= 15,
        "is not spread over nodes": bool(pod.get("topologySpreadConstraints")),
    }
    return [f"{daemon.name} {problem}" for problem, holds in rules.items() if not holds]


def connected(daemon, parts, fleet, variables):
    """The daemon's objects refer to one another correctly, and its policy allows exactly the connections that it needs."""
    workload, service = parts["workload"], parts["Service"]
    labels = workload["spec"]["template"]["metadata"]["labels"]
    policy = parts["NetworkPolicy"]["spec"]
    selectors = {
        workload["kind"]: workload["spec"]["selector"]["matchLabels"],
        "Service": service["spec"]["selector"],
        "PodDisruptionBudget": parts["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        "NetworkPolicy": policy["podSelector"].get("matchLabels", {}),
    }
    own = {"app.kubernetes.io/name": daemon.name}
    problems = []
    for kind, selector in selectors.items():
        if not own.items() <= selector.items() <= labels.items():
            problems.append(f"{kind} {daemon.name} selects {selector}, the pods are {labels}")
    if service["spec"]["ports"] != [{"name": "http", "port": daemon.port, "targetPort": "http"}]:
        problems.append(f"Service {daemon.name} does not lead from {daemon.port} to http")
    scaled = parts["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    if (scaled["kind"], scaled["name"]) != (workload["kind"], daemon.name):
        problems.append(f"HorizontalPodAutoscaler {daemon.name} scales {scaled['kind']} {scaled['name']}")
    if workload["kind"] == "StatefulSet" and workload["spec"]["serviceName"] != daemon.name:
        problems.append(f"StatefulSet {daemon.name} has the Service of another")

    urls = {name: urlsplit(value) for name, value in variables.items() if re.fullmatch("GATEWAY_.*_URL", name)}
    for name, url in urls.items():
        target = fleet.get(("Service", url.hostname), {"spec": {"ports": []}})
        if url.port not in [port["port"] for port in target["spec"]["ports"]]:
            problems.append(f"{daemon.name}: {name} leads to {url.netloc}, where no Service is")
    rules = policy.get("egress", [])
    stores = {port["port"] for rule in rules for port in rule.get("ports", [])} & set(STORES.values())
    wanted = {port for name, port in STORES.items() if name in daemon.required}
    if stores != wanted:
        needs = f"the daemon needs {sorted(wanted)}"
        problems.append(f"NetworkPolicy {daemon.name} opens the stores' ports {sorted(stores)}, {needs}")
    callees = {value for rule in rules for peer in rule.get("to", []) for value in values(peer)}
    if callees != {url.hostname for url in urls.values()}:
        problems.append(f"NetworkPolicy {daemon.name} lets it call {sorted(callees)}")
    callers = {value for rule in policy.get("ingress", []) for peer in rule.get("from", []) for value in values(peer)}
    if callers != ({"gateway"} if daemon.name in called(fleet) else set()):
        problems.append(f"NetworkPolicy {daemon.name} lets {sorted(callers)} call it")
    return problems


def values(peer):
    """The daemons that a peer without a namespace selects."""
    if "namespaceSelector" in peer:
        return []
    selector = peer.get("podSelector", {})
    listed = [value for term in selector.get("matchExpressions", []) for value in term["values"]]
    return listed + list(selector.get("matchLabels", {}).values())


def called(fleet):
    """The daemons that the gateway's policy lets it call."""
    policy = fleet.get(("NetworkPolicy", "gateway"), {"spec": {}})["spec"]
    return {value for rule in policy.get("egress", []) for peer in rule.get("to", []) for value in values(peer)}
