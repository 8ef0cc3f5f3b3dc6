"""What each daemon's identity may do at the log: for the embedded log, and as commands for Kafka."""

HEAD = "Written by `make fleet` from Shared/LocalFleet/Catalogue.swift: edit that instead."


def files(_root, catalogue):
    return {"deploy/kafka/access": access(catalogue), "deploy/kafka/acls.sh": commands(catalogue)}


def access(catalogue):
    lines = [
        f"# {HEAD}",
        "# Rules for `dcmms-broker --access`. Add a line for each daemon's password: dcmms-broker user NAME < password-file",
    ]
    for daemon in catalogue:
        lines.append("")
        lines += [f"allow {daemon['name']} {each['operation']} {each['kind']} {each['name']}" for each in daemon["kafkaRules"]]
    return "\n".join(lines) + "\n"


def commands(catalogue):
    lines = [
        "#!/bin/sh",
        f"# {HEAD}",
        "# acls.sh BOOTSTRAP [COMMAND-CONFIG]: gives each daemon's user at Kafka its rights. The users themselves are made with kafka-configs.sh.",
        "set -eu",
        'bootstrap=$1 configuration=${2:-/dev/null}',
        "allow() {",
        "    user=$1",
        "    shift",
        '    kafka-acls.sh --bootstrap-server "$bootstrap" --command-config "$configuration" --add \\',
        '        --allow-principal "User:$user" "$@"',
        "}",
    ]
    for daemon in catalogue:
        for rule in daemon["kafkaRules"]:
            name, pattern = rule["name"], ""
            if name.endswith("*"):
                name, pattern = name[:-1], " --resource-pattern-type prefixed"
            lines.append(f"allow {daemon['name']} --operation {rule['operation']} --{rule['kind']} {name}{pattern}")
    return "\n".join(lines) + "\n"
