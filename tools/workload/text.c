// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c - the kernel's own text, read through /proc/kcore
 *
 * Whether what was patched in is gone again can be told by nobody who patched it, so
 * this knows nothing of mmscope: functions are found in /proc/kallsyms, and their bytes
 * are compared with what they were.
 */
#include "workload.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAMES 512
#define MAX_RANGES 4096
/* No function of the kernel is larger; what comes after a longer one is data. */
#define MAX_SIZE (256 << 10)

static struct range {
	char name[128];
	uint64_t address;
	uint64_t size;
} ranges[MAX_RANGES];
static size_t nr_ranges;

/* ---- ranges ---- */

static char *names[MAX_NAMES];
static size_t nr_names;

static int by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static void read_names(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[128];

	if (!file)
		die("%s", path);
	while (nr_names < MAX_NAMES && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		names[nr_names++] = strdup(line);
	}
	fclose(file);
	qsort(names, nr_names, sizeof(names[0]), by_name);
}

/* Also as its compiler may have called it: name.isra.0, name.cold. */
static bool is_wanted(const char *symbol)
{
	char name[128], *key = name;

	snprintf(name, sizeof(name), "%s", symbol);
	name[strcspn(name, ".")] = '\0';
	return bsearch(&key, names, nr_names, sizeof(names[0]), by_name);
}

/*
 * Splits a line of /proc/kallsyms, without sscanf(), which is slow for so many. False:
 * of a module, or no such line.
 */
static bool split_symbol(char *line, uint64_t *address, char *type,
			 char **symbol)
{
	char *end;

	*address = strtoull(line, &end, 16);
	if (*end != ' ' || !end[1] || end[2] != ' ')
		return false;
	*type = end[1];
	*symbol = end + 3;
	end = *symbol + strcspn(*symbol, "\t\n");
	if (*end == '\t')
		return false;
	*end = '\0';
	return true;
}

/*
 * A function reaches to where the next symbol is; kallsyms is in the order of addresses
 * as long as it is about the kernel itself. Modules, which come after that, are left out.
 */
static int find(const char *path)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], name[128] = "", *symbol, type;
	uint64_t address, begin = 0;

	read_names(path);
	if (!file)
		die("/proc/kallsyms");
	while (fgets(line, sizeof(line), file)) {
		if (!split_symbol(line, &address, &type, &symbol))
			continue;
		if (begin && address > begin) {
			if (address - begin <= MAX_SIZE)
				printf("%s %lx %lx\n", name, begin,
				       address - begin);
			begin = 0;
		}
		if (!begin && address && strchr("tTwW", type) &&
		    is_wanted(symbol)) {
			snprintf(name, sizeof(name), "%.127s", symbol);
			begin = address;
		}
	}
	fclose(file);
	return 0;
}

static void read_ranges(const char *path)
{
	FILE *file = fopen(path, "re");
	struct range *range = ranges;

	if (!file)
		die("%s", path);
	while (range < ranges + MAX_RANGES &&
	       fscanf(file, "%127s %lx %lx", range->name, &range->address,
		      &range->size) == 3)
		range++;
	nr_ranges = range - ranges;
	fclose(file);
	if (!nr_ranges)
		die_usage("%s: no function", path);
}

/* ---- the kernel's memory ---- */

static int kcore = -1;
static Elf64_Phdr segments[256];
static size_t nr_segments;

static void open_kcore(void)
{
	Elf64_Ehdr header;
	size_t size;

	kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (kcore < 0 ||
	    pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		die("/proc/kcore");
	nr_segments = header.e_phnum < 256 ? header.e_phnum : 256;
	size = nr_segments * sizeof(segments[0]);
	if (pread(kcore, segments, size, header.e_phoff) != (ssize_t)size)
		die("/proc/kcore");
}

static void read_memory(uint64_t address, void *to, size_t size)
{
	const Elf64_Phdr *segment;
	size_t i;

	for (i = 0; i < nr_segments; i++) {
		segment = &segments[i];
		if (segment->p_type != PT_LOAD || address < segment->p_vaddr ||
		    address + size > segment->p_vaddr + segment->p_memsz)
			continue;
		if (pread(kcore, to, size,
			  segment->p_offset + address - segment->p_vaddr) !=
		    (ssize_t)size)
			die("read /proc/kcore at %lx", address);
		return;
	}
	die_usage("/proc/kcore does not have %lx", address);
}

static int save(const char *path)
{
	static uint8_t text[MAX_SIZE];
	FILE *file = fopen(path, "we");
	size_t i;

	if (!file)
		die("%s", path);
	for (i = 0; i < nr_ranges; i++) {
		read_memory(ranges[i].address, text, ranges[i].size);
		if (fwrite(text, ranges[i].size, 1, file) != 1)
			die("write %s", path);
	}
	if (fclose(file))
		die("write %s", path);
	return 0;
}

/* ---- comparing ---- */

#ifndef __aarch64__
static bool is_x86_branch(const uint8_t *one, const uint8_t *other)
{
	static const uint8_t nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	static const uint8_t nop2[] = { 0x66, 0x90 };

	return (!memcmp(one, nop5, 5) && other[0] == 0xe9) ||
	       (!memcmp(one, nop2, 2) && other[0] == 0xeb);
}
#endif

/*
 * Changes that are the kernel's own: how many bytes one has. A static branch is a no-op
 * or a jump: the first memory cgroup makes some. mmscope puts jumps only where a locked
 * instruction was, and calls where there was a no-op. A prefix that costs nothing becomes
 * LOCK when the second CPU comes.
 */
static size_t own_change(const uint8_t *is, const uint8_t *was, size_t left)
{
#ifdef __aarch64__
	static const uint8_t nop[] = { 0x1f, 0x20, 0x03, 0xd5 };

	if (left >= 4 && ((!memcmp(is, nop, 4) && (was[3] & 0xfc) == 0x14) ||
			  (!memcmp(was, nop, 4) && (is[3] & 0xfc) == 0x14)))
		return 4;
#else
	if (left >= 5 && (is_x86_branch(is, was) || is_x86_branch(was, is)))
		return is[0] == 0xeb || was[0] == 0xeb ? 2 : 5;
	if (is[0] == 0xf0 && was[0] == 0x3e)
		return 1;
#endif
	return 0;
}

static void show_difference(const struct range *range, size_t at,
			    const uint8_t *is, const uint8_t *was)
{
	size_t i, end = at + 8 < range->size ? at + 8 : range->size;

	printf("%s+0x%zx is", range->name, at);
	for (i = at; i < end; i++)
		printf(" %02x", is[i]);
	printf(" was");
	for (i = at; i < end; i++)
		printf(" %02x", was[i]);
	printf("\n");
}

static bool compare_range(const struct range *range, const uint8_t *is,
			  const uint8_t *was)
{
	bool same = true;
	size_t at = 0, step;

	if (!memcmp(is, was, range->size))
		return true;
	while (at < range->size) {
		step = 1;
		if (is[at] != was[at]) {
			step = own_change(is + at, was + at, range->size - at);
			if (!step) {
				show_difference(range, at, is, was);
				same = false;
				step = 8;
			}
		}
		at += step;
	}
	return same;
}

/* Exit status 3: it is another text. */
static int compare(const char *path)
{
	static uint8_t is[MAX_SIZE], was[MAX_SIZE];
	FILE *file = fopen(path, "re");
	bool same = true;
	size_t i;

	if (!file)
		die("%s", path);
	for (i = 0; i < nr_ranges; i++) {
		if (fread(was, ranges[i].size, 1, file) != 1)
			die_usage("%s is not of these functions", path);
		read_memory(ranges[i].address, is, ranges[i].size);
		same &= compare_range(&ranges[i], is, was);
	}
	fclose(file);
	return same ? 0 : 3;
}

/* ---- LOCK prefixes ---- */

static uint64_t address_of(const char *wanted)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], *symbol, type;
	uint64_t address, found = 0;

	if (!file)
		die("/proc/kallsyms");
	while (!found && fgets(line, sizeof(line), file))
		if (split_symbol(line, &address, &type, &symbol) &&
		    !strcmp(symbol, wanted))
			found = address;
	fclose(file);
	if (!found)
		die_usage("no symbol %s", wanted);
	return found;
}

static const char *function_at(uint64_t address, uint64_t *offset)
{
	size_t i;

	for (i = 0; i < nr_ranges; i++) {
		*offset = address - ranges[i].address;
		if (*offset < ranges[i].size)
			return ranges[i].name;
	}
	return NULL;
}

/*
 * By the kernel's own list of them (__smp_locks: distances from each entry to its
 * prefix): a line for each kind of byte that is there, and one for each prefix in the
 * functions that is not the byte @wanted. Those of text that is there at boot only have
 * gone with it.
 */
static int locks(const char *wanted)
{
	uint64_t begin = address_of("__smp_locks");
	uint64_t end = address_of("__smp_locks_end"), address, at, offset;
	uint64_t text = address_of("_text"), text_end = address_of("_etext");
	unsigned long byte = strtoul(wanted, NULL, 16), kinds[256] = { 0 };
	const char *function;
	bool all = true;
	uint8_t prefix;
	int32_t distance;
	size_t i;

	for (address = begin; address < end; address += sizeof(distance)) {
		read_memory(address, &distance, sizeof(distance));
		at = address + distance;
		if (at < text || at >= text_end)
			continue;
		read_memory(at, &prefix, 1);
		kinds[prefix]++;
		if (prefix == byte)
			continue;
		all = false;
		function = function_at(at, &offset);
		if (function)
			printf("%s+0x%lx is %02x\n", function, offset, prefix);
	}
	for (i = 0; i < 256; i++)
		if (kinds[i])
			printf("prefix=%02zx n=%lu\n", i, kinds[i]);
	return all ? 0 : 3;
}

int verb_text(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "find"))
		return find(argv[2]);
	if (argc != 4)
		die_usage(
			"text find NAMES, or text save|compare|locks RANGES WORD");
	read_ranges(argv[2]);
	open_kcore();
	if (!strcmp(argv[1], "save"))
		return save(argv[3]);
	if (!strcmp(argv[1], "compare"))
		return compare(argv[3]);
	if (!strcmp(argv[1], "locks"))
		return locks(argv[3]);
	die_usage("text %s?", argv[1]);
}
