"""Asks Apache's implementation whether a reader's schema can read what a writer's schema has written.

avro_compatibility.py FILE: FILE has [{"writer": schema, "reader": schema}]. The script replaces it with the list of answers.
"""
import json
import sys

# Without this, `import avro` would load avro.py from this folder instead of the package.
sys.path.pop(0)
import avro.compatibility
import avro.schema

pairs = json.load(open(sys.argv[1]))
answers = []
for pair in pairs:
    reader = avro.schema.parse(json.dumps(pair["reader"]), validate_enum_symbols=False)
    writer = avro.schema.parse(json.dumps(pair["writer"]), validate_enum_symbols=False)
    result = avro.compatibility.ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)
    answers.append(result.compatibility is avro.compatibility.SchemaCompatibilityType.compatible)
json.dump(answers, open(sys.argv[1], "w"))
