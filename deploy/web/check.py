"""Checks what the compiler does not check in the web apps: texts that nobody uses (also those of daemons), texts that stand in the code, codes of the API without a text, and long
files."""
import json
import pathlib
import re
import sys

import codes
import texts

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = ROOT / "Services/Gateway/Web"
# Keys that are put together from what the API says; the part before `*` is written in the code.
COMPOSED = re.compile(r"`([a-z_]+\.[\w.]*)\$\{")
# What a person would read: words between tags, or as one of these attributes.
BETWEEN_TAGS = re.compile(r">\s*([A-Z][a-z]+(?: [a-z]+)+[.!?]?)\s*<|>\s*([A-Z][a-z]+[.!?:…]?)\s*</")
ATTRIBUTE = re.compile(r'\b(?:title|label|placeholder|aria-label|alt|hint|description)="([^"]*[A-Za-z]{2}[^"]*)"')
# The same in code: one of two words, what a component or a message is given, and a name with a value in brackets.
CHOICE = re.compile(r' [?:] "([A-Z][a-z]+(?: [A-Za-z]+)*[.!?…]?)"')
GIVEN = re.compile(r'\b(?:text|title|label|placeholder|hint|description|message|header|does): ["`](?![a-z][\w.]*["`$])([^"`$]*[A-Za-z]{2}[^"`]*)["`]')
WITH_VALUE = re.compile(r'`([A-Za-z]+(?: [a-z]+)* \(\$\{\w+\}\))`')
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*$", re.S | re.M)

# What the services write into the audit log: the action, and the kind of record.
ACTION = re.compile(r'"([A-Z]{3,}(?:_[A-Z]+)*)"')
KIND = re.compile(r'(?:Change\(\s*[^,()]+,\s*|resourceType: )"([a-z_-]+)"')


def unnamed():
    """Actions and kinds of records of the audit log that have no name for people, or a name that no service uses."""
    actions, kinds = {"WORKORDER_CREATED_BY_ALERT", "WORKORDER_CREATED_BY_PREDICTION"}, set()
    for folder in ("Services", "Shared/Messaging", "Shared/ServiceKit"):
        for file in (ROOT / folder).rglob("*.swift"):
            text = file.read_text(encoding="utf-8")
            if "Services/Bench" in str(file) or not re.search(r"\bact\b|\baction:|AuditRecorded", text):
                continue
            actions.update(ACTION.findall(text))
            kinds.update(KIND.findall(text))
    english = ROOT / "Shared/Localization/en"
    named = set(json.loads((english / "actions.json").read_text(encoding="utf-8")))
    things = {key.removeprefix("thing.") for key in json.loads((english / "admin.json").read_text(encoding="utf-8")) if key.startswith("thing.")}
    listed = set(ACTION.findall((WEB / "console/administration/actions.ts").read_text(encoding="utf-8")))
    for what, ours, theirs in (("actions", actions, named), ("admin.thing", kinds, things), ("console/administration/actions.ts", actions, listed)):
        yield from (f"{what}: {name} of the audit log has no name" for name in sorted(ours - theirs))
        yield from (f"{what}: no service writes {name}" for name in sorted(theirs - ours))


def unused_by_daemons():
    """The compiler finds a key without a text (`TextKey`), and this a text without a use."""
    swift = "\n".join(file.read_text(encoding="utf-8") for place in ("Services", "Shared") for file in (ROOT / place).rglob("*.swift"))
    page = (ROOT / "deploy/web/build.py").read_text(encoding="utf-8")
    for area in sorted(texts.DAEMONS):
        for key in json.loads((texts.CATALOGUE / "en" / f"{area}.json").read_text(encoding="utf-8")):
            first, *rest = re.split(r"[._]", key)
            case = first + "".join(word.capitalize() for word in rest)
            if not re.search(rf"\.{case}\b", swift) and f'"{key}"' not in page:
                yield f"Shared/Localization/en/{area}.json: nobody uses {key}"


def written(code, suffix):
    """The words in the code that a person would read."""
    for pattern in (BETWEEN_TAGS, ATTRIBUTE, CHOICE, GIVEN, WITH_VALUE) if suffix == ".tsx" else (CHOICE, GIVEN, WITH_VALUE):
        for found in pattern.finditer(code):
            yield next(words for words in found.groups() if words is not None)


def main():
    faults = [*unnamed(), *unused_by_daemons()]
    sources = {file: file.read_text(encoding="utf-8") for file in [*WEB.rglob("*.tsx"), *WEB.rglob("*.ts")]}
    everything = "\n".join(sources.values())
    prefixes = set(COMPOSED.findall(everything))
    for file in sorted((texts.CATALOGUE / "en").glob("*.json")):
        for key in json.loads(file.read_text(encoding="utf-8")):
            name = f"{file.stem}.{key}"
            if file.stem in texts.DAEMONS:
                continue
            if f'"{name}"' not in everything and not any(name.startswith(prefix) for prefix in prefixes):
                faults.append(f"Shared/Localization/en/{file.name}: nobody uses {key}")
    for file, text in sources.items():
        place = file.relative_to(ROOT)
        lines = text.count("\n")
        if "/pages/" in str(place) and lines > 200:
            faults.append(f"{place}: {lines} lines; a page has at most 200")
        # The page of the design system shows components, to those who build.
        if "/pages/design/" in str(place):
            continue
        faults += (f"{place}: {words!r} is not in the catalogue" for words in written(COMMENT.sub("", text), file.suffix))
    faults += codes.faults(ROOT)
    if faults:
        sys.exit("\n".join(faults))
    print(f"web: {len(sources)} files are clean")


if __name__ == "__main__":
    main()
