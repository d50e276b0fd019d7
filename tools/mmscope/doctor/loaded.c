// SPDX-License-Identifier: GPL-2.0-only
/* loaded.c - the loaded module: its record format, its points, and who reads its rings */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "doctor/checks.h"
#include "input/capture_files.h"
#include "input/source.h"
#include "module/debugfs.h"
#include "module/tables.h"
#include "shared/record.h"

static void check_version(struct doctor *doctor)
{
	struct metadata metadata;
	char *text = read_whole(debugfs_path("metadata"), NULL);

	if (!text) {
		doctor_say(doctor, "record_format", false,
			   "the module's files cannot be read: %s%s",
			   strerror(errno), doctor_advice(errno));
		return;
	}
	metadata_parse(text, &metadata);
	free(text);
	if (metadata.abi == MMSCOPE_ABI_VERSION)
		doctor_say(doctor, "record_format", true,
			   "module and reader know format %d",
			   MMSCOPE_ABI_VERSION);
	else
		doctor_say(
			doctor, "record_format", false,
			"the module writes format %llu, this mmscope reads format %d: install both from one version",
			(unsigned long long)metadata.abi, MMSCOPE_ABI_VERSION);
}

/* What doctor looks at in the module's `probes`. */
static const struct column probe_columns[] = {
	COLUMN("point", STRING, "the point, or the counter of an instruction",
	       .nullable = true),
	COLUMN("status", STRING, "attached, unavailable, ..."),
	COLUMN("how", STRING, "inlined: an instruction of the ledger's",
	       .nullable = true),
	COLUMN("where", STRING, "the function", .nullable = true),
	COLUMN("missed", INTEGER, "hits that came to nothing",
	       .nullable = true),
	COLUMN("note", STRING, "why it is so", .nullable = true),
	{ 0 },
};

static const struct row_type probe_type = { "probes",
					    "what doctor looks at of a point",
					    probe_columns };

static void check_site(struct doctor *doctor, const struct rows *probes,
		       size_t row)
{
	const char *where = rows_text(probes, row, "where");
	int64_t missed = rows_number(probes, row, "missed", 0);

	if (!strcmp(rows_text(probes, row, "status"), "unavailable"))
		doctor_say(
			doctor, "ledger", false,
			"%s cannot be probed (%s): changes of mm_%s there leave ledgers open",
			where, rows_text(probes, row, "note"),
			rows_text(probes, row, "point"));
	else if (missed)
		doctor_say(
			doctor, "ledger", false,
			"%s was missed %lld times: ledgers may be open for that; switch the ledger off and on again for new sums",
			where, (long long)missed);
}

static void check_point(struct doctor *doctor, const struct rows *probes,
			size_t row)
{
	const char *point = rows_text(probes, row, "point");
	int64_t missed = rows_number(probes, row, "missed", 0);

	if (!strcmp(rows_text(probes, row, "status"), "unavailable"))
		doctor_say(
			doctor, "probes", false,
			"%s is unavailable (%s): what depends on it is not recorded",
			point, rows_text(probes, row, "note"));
	else if (missed)
		doctor_say(
			doctor, "probes", false,
			"%s was missed %lld times: load the module with a greater max_clones",
			point, (long long)missed);
}

static void check_probes(struct doctor *doctor)
{
	char *text = read_whole(debugfs_path("probes"), NULL);
	unsigned int problems = doctor->problems;
	struct rows probes;
	size_t row;

	if (!text || !table_parse(&probes, &probe_type, text)) {
		doctor_unknown(doctor, "probes", "%s: %s%s",
			       debugfs_path("probes"),
			       text ? "is not as expected" : strerror(errno),
			       text ? "" : doctor_advice(errno));
		free(text);
		return;
	}
	free(text);
	for (row = 0; row < probes.count; row++) {
		if (!strcmp(rows_text(&probes, row, "how"), "inlined"))
			check_site(doctor, &probes, row);
		else
			check_point(doctor, &probes, row);
	}
	if (doctor->problems == problems)
		doctor_say(doctor, "probes", true,
			   "every point can be attached");
	rows_free(&probes);
}

/* False if its files are not to be seen. */
static bool check_process(struct doctor *doctor, const char *pid)
{
	char *directory = must_format("%s/proc/%s/fd", doctor->root, pid);
	char *comm_name = must_format("/proc/%s/comm", pid);
	char *comm = doctor_file(doctor, comm_name);
	char target[512];
	struct dirent *entry;
	unsigned int cpu;
	DIR *files = opendir(directory);
	/* One that has ended meanwhile reads nothing. */
	bool seen = files || (errno != EACCES && errno != EPERM);
	ssize_t length;
	char *base;

	while (files && (entry = readdir(files))) {
		length = readlinkat(dirfd(files), entry->d_name, target,
				    sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		base = strrchr(target, '/');
		if (!base ||
		    strncmp(target, debugfs_path(""), base - target + 1) ||
		    !is_cpu_file(base + 1, &cpu))
			continue;
		doctor_say(
			doctor, "reader", false,
			"%s is being read by %s (pid %s): stop it before recording",
			base + 1, comm ? comm : "?", pid);
		break;
	}
	if (files)
		closedir(files);
	free(comm);
	free(comm_name);
	free(directory);
	return seen;
}

static void check_readers(struct doctor *doctor)
{
	char *path = must_format("%s/proc", doctor->root);
	unsigned int problems = doctor->problems;
	struct dirent *entry;
	DIR *processes = opendir(path);
	bool seen = processes;

	while (processes && (entry = readdir(processes)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			seen = check_process(doctor, entry->d_name) && seen;
	if (processes)
		closedir(processes);
	free(path);
	if (doctor->problems != problems)
		return;
	if (!seen)
		doctor_unknown(
			doctor, "reader",
			"not every process's open files can be seen (run it with sudo)");
	else
		doctor_say(doctor, "reader", true,
			   "nobody else reads the rings");
}

void doctor_check_loaded(struct doctor *doctor)
{
	check_version(doctor);
	check_probes(doctor);
	check_readers(doctor);
}
