"""Asks Apache's own implementation whether a reader's schema reads what a writer's schema wrote.

avro_compatibility.py FILE: FILE holds [{"writer": schema, "reader": schema}]; it is replaced by the list of answers.
"""
import json
import sys

# avro.py beside this script is not the package of that name.
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
