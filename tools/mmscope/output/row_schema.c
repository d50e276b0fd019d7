// SPDX-License-Identifier: GPL-2.0-only
/* row_schema.c - the JSON Schema of one kind of rows */
#include "output/schema.h"

json_t *object_schema(const char *about, json_t *properties)
{
	json_t *schema = json_object(), *required = json_array();
	const char *key;
	json_t *value;

	json_object_foreach(properties, key, value)
		json_array_append_new(required, json_string(key));
	json_object_set_new(schema, "description", json_string(about));
	json_object_set_new(schema, "type", json_string("object"));
	json_object_set_new(schema, "properties", properties);
	json_object_set_new(schema, "required", required);
	json_object_set_new(schema, "additionalProperties", json_false());
	return schema;
}

static const char *name_of_type(enum cell_type type)
{
	switch (type) {
	case CELL_STRING:
		return "string";
	case CELL_INTEGERS:
	case CELL_STRINGS:
		return "array";
	default:
		return "integer";
	}
}

static const char *unit_of(const struct column *column)
{
	if (column->type == CELL_NS || column->type == CELL_SECONDS)
		return "ns";
	return column->unit;
}

static json_t *column_schema(const struct column *column)
{
	json_t *schema = json_object();
	const char *type = name_of_type(column->type), *unit = unit_of(column);

	if (column->nullable)
		json_object_set_new(schema, "type",
				    json_pack("[s, s]", type, "null"));
	else
		json_object_set_new(schema, "type", json_string(type));
	if (column->type == CELL_INTEGERS)
		json_object_set_new(schema, "items",
				    json_pack("{s:s}", "type", "integer"));
	if (column->type == CELL_STRINGS)
		json_object_set_new(schema, "items",
				    json_pack("{s:s}", "type", "string"));
	json_object_set_new(schema, "description", json_string(column->help));
	if (unit)
		json_object_set_new(schema, "unit", json_string(unit));
	return schema;
}

json_t *row_schema(const struct row_type *type)
{
	const struct column *column;
	json_t *properties = json_object();

	json_object_set_new(properties, "table",
			    json_pack("{s:s}", "const", type->name));
	for (column = type->columns; column->name; column++)
		json_object_set_new(properties, column->name,
				    column_schema(column));
	return object_schema(type->about, properties);
}
