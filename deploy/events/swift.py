"""The Swift code that is generated from the schemas: one file for each type, and one for the catalog."""
import json
import re
import textwrap

from schemas import UNKNOWN, Fault, is_named

WIDTH = 120
FOUNDATION = {"Date", "UUID", "Data", "Decimal"}
RESERVED = {"case", "class", "default", "do", "else", "enum", "for", "if", "import", "in", "init", "is", "let", "nil", "operator",
            "return", "self", "static", "struct", "switch", "true", "false", "var", "where", "while", "repeat", "public"}


def camel(symbol):
    first, *rest = symbol.split("_")
    name = first + "".join(part.capitalize() for part in rest)
    return f"`{name}`" if name in RESERVED else name


def documented(text, indent=""):
    lines = []
    for paragraph in text.split("\n\n") if text else []:
        lines += [""] if lines else []
        lines += textwrap.wrap(paragraph, WIDTH - len(indent) - 4, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}/// {line}".rstrip() for line in lines]


def type_of(schema):
    """The Swift type of a value."""
    if isinstance(schema, list):
        return type_of(schema[1]) + "?"
    if isinstance(schema, str):
        return {"boolean": "Bool", "int": "Int", "long": "Int64", "double": "Double", "bytes": "Data",
                "string": "String"}.get(schema, schema)
    if is_named(schema):
        return schema["name"]
    if schema["type"] == "array":
        return f"[{type_of(schema['items'])}]"
    if schema["type"] == "map":
        return f"[String: {type_of(schema['values'])}]"
    return schema.get("swift") or {"uuid": "UUID", "timestamp-micros": "Date", "decimal": "Decimal"}[schema["logicalType"]]


def is_identifier(word):
    return word.endswith("ID") and word != "UUID"


def key_part(schema, path, fallback):
    """The expression for one field of the key."""
    definition, kind = schema.record, None
    for name in path.split("."):
        fields = definition.get("fields", []) if isinstance(definition, dict) else []
        field = next((field for field in fields if field["name"] == name), None)
        if field is None:
            raise Fault(f"{schema.file}: the key's {path} is not a field")
        definition, kind = schema.resolved(field["type"]), type_of(field["type"])
    base = kind.rstrip("?")
    if not (base == "String" or is_identifier(base)) or kind.endswith("?") != (fallback is not None):
        raise Fault(f"{schema.file}: the key's {path} is neither text nor an identifier, or has no replacement for null")
    optional = "?" if fallback is not None else ""
    text = path if base == "String" else f"{path}{optional}.description"
    return text if fallback is None else f'{text} ?? "{fallback}"'


def key_of(schema):
    if "{" not in schema.key:
        return key_part(schema, schema.key, None)
    parts = re.findall(r"\{([^}|]+)(?:\|([^}]*))?\}", schema.key)
    if re.fullmatch(r"\{[^}]*\}", schema.key):
        return key_part(schema, parts[0][0], parts[0][1] or None)
    def part(match):
        expression = key_part(schema, match[1], match[2])
        return f"\\({expression.removesuffix('.description') if match[2] is None else expression})"
    return '"' + re.sub(r"\{([^}|]+)(?:\|([^}]*))?\}", part, schema.key) + '"'


def imports(types, key):
    words = set(re.findall(r"\w+", " ".join(types)))
    lines = ["public import Foundation"] if words & FOUNDATION else []
    if any(is_identifier(word) for word in words):
        lines.append("public import Identifiers")
    elif key.endswith(".description"):
        lines.append("import Identifiers")
    return lines + [""] if lines else []


def record(definition, schema):
    """A struct; an event's own record has name, topic and key as well."""
    fields = [(field, type_of(field["type"])) for field in definition["fields"]]
    is_root = definition is schema.record
    protocol = ("Event" if schema.topic else "WireValue") if is_root else "Codable, Hashable, Sendable"
    key = key_of(schema) if is_root and schema.topic else ""
    lines = imports([kind for _, kind in fields], key)
    lines += documented(definition["doc"]) + [f"public struct {definition['name']}: {protocol} {{"]
    if is_root:
        lines.append(f'    public static let name = "{schema.name}"')
        if schema.topic:
            lines.append(f"    public static let topic = Topic.{schema.member}")
        lines.append("")
    for field, kind in fields:
        lines += documented(field.get("doc"), "    ") + [f"    public var {field['name']}: {kind}"]
    if key:
        lines += ["", f"    public var key: String {{ {key} }}"]
    parameters = [
        f"        {field['name']}: {kind}{f' = {default(field)}' if field.get('omittable') else ''}" for field, kind in fields
    ]
    lines += ["", "    public init("] + [line + "," for line in parameters[:-1]] + parameters[-1:] + ["    ) {"]
    lines += [f"        self.{field['name']} = {field['name']}" for field, _ in fields]
    return lines + ["    }", "}"]


def default(field):
    """The Swift value of a field's default."""
    value = field["default"]
    return {None: "nil", False: "false", True: "true"}[value] if value is None or isinstance(value, bool) else json.dumps(value)


def enumeration(definition):
    name, docs = definition["name"], definition.get("symbolDocs", {})
    known = [symbol for symbol in definition["symbols"] if symbol != UNKNOWN]
    lines = documented(definition["doc"]) + [f"public enum {name}: EventEnumeration {{"]
    for symbol in known:
        lines += documented(docs.get(symbol), "    ") + [f"    case {camel(symbol)}"]
    lines += documented("What a newer version of an event says and this build does not know: read, and never written.", "    ")
    lines += [f"    case {UNKNOWN}", ""]
    lines += [f"    public static let allCases: [{name}] = ["]
    lines += [f"        .{camel(symbol)}," for symbol in known] + ["    ]", ""]
    lines += ["    public init?(rawValue: String) {", "        switch rawValue {"]
    lines += [f'        case "{symbol}": self = .{camel(symbol)}' for symbol in known]
    lines += ["        default: return nil", "        }", "    }", ""]
    lines += ["    public var rawValue: String {", "        switch self {"]
    lines += [f'        case .{camel(symbol)}: "{symbol}"' for symbol in known + [UNKNOWN]]
    return lines + ["        }", "    }", "}"]


def catalog_file(catalog):
    lines = ["extension SchemaCatalog {"]
    lines += documented("The committed schemas with their ids.", "    ")
    lines += ["    static let table: [(name: String, id: Int32, text: [UInt8])] = ["]
    for schema in catalog.schemas:
        resource = re.sub(r"[^A-Za-z0-9]", "_", schema.file)
        lines.append(f'        ("{schema.name}", {schema.id}, PackageResources.{resource}),')
    lines += ["    ]", ""]
    lines += documented("The types of all events and payloads, each after the newest version of its schema.", "    ")
    lines += ["    public static let types: [any WireValue.Type] = ["]
    lines += [f"        {schema.record['name']}.self," for schema in catalog.newest]
    return lines + ["    ]", "}"]


def files(catalog):
    """{file name without its extension: text}"""
    out = {}
    def add(name, source, lines):
        out[name] = "\n".join([f"// Made by `make events` from {source}: edit that instead.", ""] + lines) + "\n"
    for name, (definition, schema) in catalog.types.items():
        lines = record(definition, schema) if is_named(definition, "record") else enumeration(definition)
        add(name, f"Schemas/{schema.file}", lines)
    add("SchemaCatalog+Table", "Schemas", catalog_file(catalog))
    return out
