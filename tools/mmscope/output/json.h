/* SPDX-License-Identifier: GPL-2.0-only */
/* json.h - JSON of any bytes, an object a line */
#ifndef MMSCOPE_JSON_H
#define MMSCOPE_JSON_H

#include <jansson.h>

/* A JSON string of any bytes: what is not UTF-8 becomes question marks. */
json_t *json_text(const char *text);
/* One object, one line, on standard output; takes the object away. */
void json_line(json_t *object);

#endif /* MMSCOPE_JSON_H */
