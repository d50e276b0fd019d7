# SPDX-License-Identifier: GPL-2.0-only
"""check_schema.py SCHEMA FILE... - hold lines of JSON against a JSON Schema

Prints each line that is not as the schema says, and at last how many lines there were.
Exit status: 0 all are, 1 one is not, or there is none.
"""
import json
import sys

import jsonschema

with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
lines = wrong = 0
for name in sys.argv[2:]:
    with open(name) as file:
        for line in file:
            # Beside them stand exit statuses.
            if not line.startswith("{"):
                continue
            lines += 1
            if not validator.is_valid(json.loads(line)):
                wrong += 1
                print(f"# {name}: {line}", end="")
print(f"# {lines} lines")
sys.exit(1 if wrong or not lines else 0)
