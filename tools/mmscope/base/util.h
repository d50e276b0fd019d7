/* SPDX-License-Identifier: GPL-2.0-only */
/* util.h - messages, exit codes, colour and human units */
#ifndef MMSCOPE_UTIL_H
#define MMSCOPE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What every verb exits with. */
enum {
	STATUS_OK = 0,
	STATUS_TROUBLE = 1, /* the machine or the input is not as it should be */
	STATUS_USAGE = 2, /* the command line is wrong */
};

/* The verb that runs, or NULL; messages begin with it. */
extern const char *verb_name;

/* One line on standard error: what, why, and what to do next. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory or the end: a viewer without memory has nothing left to say. */
void *must_calloc(size_t count, size_t size);
void *must_realloc(void *old, size_t size);
char *must_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/**
 * read_whole() - a text file's content, as for the many small files of /proc
 * @path: of the file
 * @length: gets the length, may be NULL
 *
 * Return: the text with a NUL after it, to be freed; NULL with errno set.
 */
char *read_whole(const char *path, size_t *length);

/* Whether text on this stream may be coloured. */
bool may_colour(FILE *stream);
/* A heading, bold where that may be. */
void print_heading(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#define HUMAN_SIZE 24
/* "312 ns", "4.10 us", "97.2 s": three digits are enough for a person. */
const char *human_ns(char buf[HUMAN_SIZE], uint64_t ns);
/* "12 KiB", "1.5 GiB" */
const char *human_bytes(char buf[HUMAN_SIZE], uint64_t bytes);

#endif /* MMSCOPE_UTIL_H */
