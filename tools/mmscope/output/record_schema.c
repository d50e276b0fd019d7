// SPDX-License-Identifier: GPL-2.0-only
/* record_schema.c - the JSON Schemas of records, as record_json.c writes them */
#include <stdlib.h>

#include "base/util.h"
#include "output/schema.h"
#include "shared/record_fields.h"

static json_t *typed(const char *type)
{
	return json_pack("{s:s}", "type", type);
}

/* A number that has no name is shown as itself. */
static json_t *name_or_number(void)
{
	return json_pack("{s:[s, s]}", "type", "string", "integer");
}

static json_t *field_schema(const struct mmscope_field *field)
{
	switch (field->kind) {
	case MMSCOPE_KIND_text:
	case MMSCOPE_KIND_flags:
		return typed("string");
	case MMSCOPE_KIND_how:
	case MMSCOPE_KIND_site:
		return name_or_number();
	case MMSCOPE_KIND_count:
		return json_pack("{s:[s, s]}", "type", "integer", "null");
	default:
		return typed("integer");
	}
}

static json_t *head_properties(json_t *type)
{
	json_t *properties = json_object();
	static const char *const numbers[] = { "timestamp_ns", "cpu", "seq",
					       "pid", "tgid", "mm" };
	size_t i;

	json_object_set_new(properties, "type", type);
	json_object_set_new(properties, "how", name_or_number());
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(properties, numbers[i], typed("integer"));
	return properties;
}

/* Out of the live rings there is no seq, and not every task has a known name. */
static json_t *record_schema(const char *about, json_t *properties, bool fails)
{
	json_t *schema = object_schema(about, properties);
	json_t *required = json_object_get(schema, "required");
	size_t i;

	for (i = 0; i < json_array_size(required); i++)
		if (!strcmp(json_string_value(json_array_get(required, i)),
			    "seq"))
			json_array_remove(required, i);
	json_object_set_new(properties, "comm", typed("string"));
	if (fails)
		json_object_set_new(properties, "error", typed("string"));
	return schema;
}

static void type_schema(json_t *definitions, unsigned int type)
{
	const char *name = mmscope_type_name(type);
	json_t *properties =
		head_properties(json_pack("{s:s}", "const", name));
	const struct mmscope_field *field;
	bool fails = false;
	char *key;

	for (field = mmscope_fields[type]; field->name; field++) {
		key = must_format("%s%s", field->name,
				  field->kind == MMSCOPE_KIND_time ? "_ns" :
				  field->kind == MMSCOPE_KIND_pid  ? "_pid" :
								     "");
		json_object_set_new(properties, key, field_schema(field));
		fails = fails || field->kind == MMSCOPE_KIND_result;
		free(key);
	}
	key = must_format("event_%s", name);
	json_object_set_new(definitions, key,
			    record_schema("a record of this type", properties,
					  fails));
	free(key);
}

void record_schemas(json_t *definitions)
{
	unsigned int type;

	for (type = 0; type < MMSCOPE_TYPE_END; type++)
		if (mmscope_type_name(type))
			type_schema(definitions, type);
	json_object_set_new(
		definitions, "event_unknown",
		record_schema("a record of a type that this reader does not know",
			      head_properties(typed("integer")), false));
}
