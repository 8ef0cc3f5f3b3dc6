"""The fleet's services and their databases in compose.yaml, and the passwords in env.example."""

from texts import between, database, variable

REDIS = "redis://:${REDIS_PASSWORD}@redis:6379"


def files(root, catalogue):
    text = (root / "deploy/compose.yaml").read_text()
    services = "\n" + "\n".join(service(each, catalogue) for each in catalogue) + "\n"
    text = between(text, "  # --- the fleet: made by `make fleet`", "  # --- what the fleet needs", services)
    for server in ("postgres", "timescaledb"):
        own = [each for each in catalogue if each.get("database") == server]
        lines = f"      DATABASES: {' '.join(database(each['name']) for each in own)}\n"
        lines += "".join(f"      {name}: ${{{name}:?}}\n" for each in own for name in passwords(each))
        text = between(text, f"      # databases of {server}: made by `make fleet`", "      # end", lines)
    example = (root / "deploy/env.example").read_text()
    lines = "".join(f"{name}=change-me\n" for each in catalogue if "database" in each for name in passwords(each))
    begin = "# Two roles per database: the one that the service runs as, and the owner of its tables. Written by `make fleet`."
    return {"deploy/compose.yaml": text, "deploy/env.example": between(example, begin, "# end", lines)}


def passwords(daemon):
    return [f"{variable(daemon['name'])}_DB_PASSWORD", f"{variable(daemon['name'])}_OWNER_DB_PASSWORD"]


def service(daemon, catalogue):
    name, own = daemon["name"], daemon["compose"]
    needs = [daemon["database"]] if "database" in daemon else []
    needs += (["redis"] if daemon["usesRedis"] else []) + own["needs"]
    lines = [f"  # {daemon['about']}", f"  {name}:", "    <<: *daemon", f"    image: dcmms/{name}"]
    lines.append(f"    build: {{ context: .., dockerfile: deploy/Dockerfile, args: {{ DAEMON: dcmms-{name} }} }}")
    if name == "gateway":
        lines += ["    networks: [front, back]", f'    ports: ["127.0.0.1:{daemon["port"]}:{daemon["port"]}"]']
    lines += ["    depends_on:", "      <<: *needs"]
    lines += [f"      {need}: {{ condition: service_healthy }}" for need in needs]
    if own["volumes"]:
        lines.append("    volumes: [" + ", ".join(f'"{volume}"' for volume in own["volumes"]) + "]")
    lines += ["    environment:", "      <<: *fleet", f"      HTTP_PORT: {daemon['port']}"]
    if "database" in daemon:
        base, (password, owners) = database(name), passwords(daemon)
        place = f"{daemon['database']}:5432/{base}"
        lines.append(f"      DATABASE_URL: postgres://{base}:${{{password}}}@{place}")
        lines.append(f"      DATABASE_OWNER_URL: postgres://{base}_owner:${{{owners}}}@{place}")
    if daemon["usesRedis"]:
        lines.append(f"      REDIS_URL: {REDIS}")
    lines += [f"      {key}: {value}" for key, value in sorted(own["settings"].items())]
    if name == "gateway":
        routed = [each for each in catalogue if each["isRouted"]]
        lines += [f"      GATEWAY_{variable(each['name'])}_URL: http://{each['name']}:{each['port']}" for each in routed]
    return "\n".join(lines) + "\n"
