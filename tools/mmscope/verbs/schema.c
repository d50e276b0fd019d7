// SPDX-License-Identifier: GPL-2.0-only
/* schema.c - `mmscope --schema`: all that the verbs print with --json */
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "output/schema.h"
#include "verbs/schema.h"
#include "verbs/verbs.h"

static void add_rows(json_t *definitions)
{
	const struct row_type *const *type;
	json_t *schema, *other;
	size_t i;

	for (i = 0; verbs[i]; i++) {
		for (type = verbs[i]->rows; type && *type; type++) {
			schema = row_schema(*type);
			other = json_object_get(definitions, (*type)->name);
			if (other && !json_equal(other, schema)) {
				complain("two kinds of rows are called %s",
					 (*type)->name);
				abort();
			}
			json_object_set_new(definitions, (*type)->name, schema);
		}
	}
}

static json_t *typed(const char *type, const char *about)
{
	return json_pack("{s:s, s:s}", "type", type, "description", about);
}

/* A claim of the selftest has evidence: no table, but records and words. */
static json_t *selftest_row(void)
{
	json_t *properties = json_object(), *evidence = json_object();

	json_object_set_new(evidence, "type", json_string("object"));
	json_object_set_new(evidence, "properties",
			    json_pack("{s:o, s:{s:s}}", "shows",
				      typed("string", "what that shows"),
				      "record", "$ref", "#/$defs/event"));
	json_object_set_new(evidence, "required", json_pack("[s]", "shows"));
	json_object_set_new(evidence, "additionalProperties", json_false());
	json_object_set_new(properties, "row", typed("integer", "its number"));
	json_object_set_new(properties, "name", typed("string", "its name"));
	json_object_set_new(properties, "claim",
			    typed("string", "what the textbooks say"));
	json_object_set_new(properties, "verdict",
			    typed("string", "whether it holds here"));
	json_object_set_new(properties, "reason",
			    json_pack("{s:[s, s]}", "type", "string", "null"));
	json_object_set_new(properties, "evidence",
			    json_pack("{s:s, s:o}", "type", "array", "items",
				      evidence));
	return object_schema("a claim that selftest has tried", properties);
}

static json_t *selftest_sum(void)
{
	json_t *properties = json_object();

	json_object_set_new(properties, "passed", typed("integer", "rows"));
	json_object_set_new(properties, "failed", typed("integer", "rows"));
	json_object_set_new(properties, "skipped", typed("integer", "rows"));
	return object_schema("the last line of selftest", properties);
}

/* Any of these definitions, "$ref" by "$ref". */
static json_t *any_of(json_t *definitions)
{
	json_t *list = json_array(), *value;
	const char *name;
	char *reference;

	json_object_foreach(definitions, name, value) {
		reference = must_format("#/$defs/%s", name);
		json_array_append_new(list,
				      json_pack("{s:s}", "$ref", reference));
		free(reference);
	}
	return list;
}

static void print_member(const char *name, json_t *value, const char *after)
{
	printf("\"%s\": ", name);
	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
	puts(after);
}

/* One definition a line, so that a change shows as a line. */
void schema_print(void)
{
	json_t *definitions = json_object(), *events = json_object(), *any,
	       *value;
	size_t left;
	const char *name;

	record_schemas(events);
	add_rows(definitions);
	json_object_set_new(definitions, "selftest_row", selftest_row());
	json_object_set_new(definitions, "selftest_sum", selftest_sum());
	json_object_set_new(definitions, "event",
			    json_pack("{s:s, s:o}", "description",
				      "a record, as events prints it", "anyOf",
				      any_of(events)));
	any = any_of(definitions);
	json_object_update(definitions, events);
	puts("{\n\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",");
	puts("\"title\": \"a line of what mmscope prints with --json\",");
	printf("\"version\": %d,\n", SCHEMA_VERSION);
	print_member("anyOf", any, ",\n\"$defs\": {");
	left = json_object_size(definitions);
	json_object_foreach(definitions, name, value)
		print_member(name, value, --left ? "," : "");
	puts("}\n}");
	json_decref(any);
	json_decref(events);
	json_decref(definitions);
}
