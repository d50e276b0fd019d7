/* SPDX-License-Identifier: GPL-2.0-only */
/* capture_files.h - the names of the files of a capture */
#ifndef MMSCOPE_CAPTURE_FILES_H
#define MMSCOPE_CAPTURE_FILES_H

#include <stdbool.h>

/* Beside the trace; readers of CTF pass over names that begin with a dot. */
#define CAPTURE_STACKS ".stacks"
/* How many records and bytes each cpuN holds; written last. */
#define CAPTURE_ENDS ".ends"

/* Whether a name is cpuN, and which N. */
bool is_cpu_file(const char *name, unsigned int *cpu);

#endif /* MMSCOPE_CAPTURE_FILES_H */
