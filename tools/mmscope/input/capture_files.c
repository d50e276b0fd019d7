// SPDX-License-Identifier: GPL-2.0-only
/* capture_files.c - the names of the files of a capture */
#include <stdint.h>
#include <stdio.h>

#include "input/capture_files.h"

bool is_cpu_file(const char *name, unsigned int *cpu)
{
	int length = 0;

	return sscanf(name, "cpu%5u%n", cpu, &length) == 1 && length &&
	       !name[length] && name[3] >= '0' && name[3] <= '9' &&
	       (name[3] != '0' || !name[4]) && *cpu <= UINT16_MAX;
}
