"""Checks that each code that the fleet can send has a text for people, with values that are sent, and that no text is for a code that nobody sends.

A code of a problem stands in the Swift sources as the second value of `Problem(…)`, or as `problem: "…"` where a rule of a field names it; the code of another
rule as `code: "…"`. The initializers take only literals (`StaticString`), so none can be missed; what this check can't read is a fault.
"""
import json
import pathlib
import re

PROBLEM = re.compile(r"\bProblem\(\s*")
STATUS = r"(?:\.\w+|error\.status|status)"
LITERAL = re.compile(r"\(\s*" + STATUS + r",\s*\"([a-z0-9_]+)\"\s*,")
RULE = re.compile(r"\b(code|problem): ")
NAME = re.compile(r'"([a-z0-9_]+)"')
PARAMETER = re.compile(r'[\[,]\s*"(\w+)":')
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# What the console says of itself, where there was no answer.
OWN = re.compile(r'standIn\([^"]*"(\w+)"|"(\w+)" : "(\w+)"')
OWN_TEXTS = {"other": {"code"}}
# Where codes are declared, not used: the initializers themselves.
DECLARATIONS = ("Shared/Commands/FieldRule.swift",)
# The permission of each refusal of a place is added where it is known (`Problem.naming`).
ADDED = {"permission_too_narrow": {"permission"}}


def call(text, start):
    """From an opening bracket to the one that closes it."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return text[start : index + 1]
    return text[start:]


def opening(text, position):
    """The bracket of the call that a position is in."""
    depth = 0
    for index in range(position - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[index], 0)
        if depth < 0:
            return index
    return 0


def read(sources, faults):
    """The codes of problems and of rules, each with the values that every place that sends it gives."""
    problems, rules = {}, {}

    def note(codes, code, values):
        codes[code] = codes[code] & values if code in codes else values

    for place, text in sources.items():
        if place in DECLARATIONS:
            continue
        for found in LITERAL.finditer(text):
            note(problems, found[1], set(PARAMETER.findall(call(text, found.start()))))
        for found in PROBLEM.finditer(text):
            start = found.end()
            if not LITERAL.match(text, text.index("(", found.start())) and not text.startswith(("refusing:", "passingOn"), start):
                faults.append(f"{place}: the code of a Problem is no literal: {text[found.start():start + 40]!r}")
        for found in RULE.finditer(text):
            name = NAME.match(text, found.end())
            if name:
                values = set(PARAMETER.findall(call(text, opening(text, found.start()))))
                note(problems if found[1] == "problem" else rules, name[1], values)
        for found in re.finditer(r"\bFieldRule\((?!\s*(?:code: \"|problem: \"|passingOn: ))", text):
            faults.append(f"{place}: the code of a FieldRule is no literal: {text[found.start():found.end() + 40]!r}")
    return problems, rules


def faults(root):
    files = [*(root / "Shared").rglob("*.swift"), *(root / "Services").rglob("*.swift")]
    sources = {str(file.relative_to(root)): file.read_text(encoding="utf-8") for file in files}
    page = (root / "Services/Gateway/Web/shared/api/Problem.ts").read_text(encoding="utf-8")
    folder = root / "Shared/Localization/en"
    texts = {area: json.loads((folder / f"{area}.json").read_text(encoding="utf-8")) for area in ("problems", "rules")}
    return compared(sources, page, texts)


def compared(sources, page, texts):
    """What is wrong between the sources and the texts."""
    found = []
    problems, rules = read(sources, found)
    for code, values in ADDED.items():
        if code in problems:
            problems[code] |= values
    own = {name: set() for groups in OWN.findall(page) for name in groups if name}
    for area, codes in (("problems", {**problems, **own, **OWN_TEXTS}), ("rules", rules)):
        known = texts[area]
        found += [f"{area}: the code {code} has no text" for code in sorted(codes.keys() - known.keys())]
        found += [f"{area}: nobody sends the code {code}" for code in sorted(known.keys() - codes.keys())]
        for code in sorted(known.keys() & codes.keys()):
            forms = [known[code]] if isinstance(known[code], str) else known[code].values()
            lacking = {name for form in forms for name in PLACEHOLDER.findall(form)} - codes[code]
            found += [f"{area}: {code} says {{{name}}}, which is not sent everywhere" for name in sorted(lacking)]
    return found


SOURCES = {
    "A.swift": """throw Problem(
            .conflict,
            "closed",
            "it is \\(status) (and stays so)",
            ["status": status]
        )
        .field("tasks", FieldRule(problem: "too_many_tasks", "must have at most \\(most)", ["maximum": "\\(most)"]))
        if let problem = Problem(refusing: head) { return problem }""",
    "B.swift": """FieldRule(
            code: "too_long",
            "must have at most 5 characters",
            ["maximum": "5", "unit": "x"]
        )
        errors.add("name", FieldRule(code: "too_long", "is too long", ["maximum": "9"]))""",
}
PAGE = """return new Problem(standIn(0, "unreachable"));"""
TEXTS = {
    "problems": {
        "closed": "It is {status}.", "too_many_tasks": "At most {maximum}.", "unreachable": "No answer.", "other": "No ({code})."
    },
    "rules": {"too_long": {"one": "At most one.", "other": "At most {maximum}."}},
}
# A file, a text in it, the text that replaces it, and what the check must report.
FAULTS = [
    ("A.swift", '"closed"', '"open"', ["problems: the code open has no text", "problems: nobody sends the code closed"]),
    ("A.swift", '"closed"', "code", ["is no literal", "nobody sends the code closed"]),
    ("A.swift", 'problem: "too_many_tasks"', "problem: code", ["is no literal", "nobody sends the code too_many_tasks"]),
    ("A.swift", '["status": status]', "[:]", ["closed says {status}, which is not sent everywhere"]),
    ("B.swift", 'code: "too_long",\n', 'code: "long",\n', ["rules: the code long has no text"]),
    ("B.swift", '["maximum": "9"]', "[:]", ["too_long says {maximum}, which is not sent everywhere"]),
    ("page", "unreachable", "away", ["problems: the code away has no text", "nobody sends the code unreachable"]),
]


def test():
    assert compared(SOURCES, PAGE, TEXTS) == [], compared(SOURCES, PAGE, TEXTS)
    for place, old, new, reports in FAULTS:
        everything = {**SOURCES, "page": PAGE}
        assert old in everything[place], old
        everything[place] = everything[place].replace(old, new)
        found = compared({name: text for name, text in everything.items() if name != "page"}, everything["page"], TEXTS)
        assert len(found) == len(reports) and all(any(report in one for one in found) for report in reports), (new, found)
    print(f"codes: {len(FAULTS)} faults are found")


if __name__ == "__main__":
    test()
