// SPDX-License-Identifier: GPL-2.0-only
/* verb_doctor.c - mmscope doctor: what is missing on this machine */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "debugfs.h"
#include "doctor.h"
#include "util.h"
#include "verbs.h"

static void say(struct doctor *doctor, const char *check, const char *status,
		const char *format, va_list args)
{
	char *note;

	if (vasprintf(&note, format, args) < 0)
		note = NULL;
	table_cell(&doctor->table, "%s", check);
	table_cell(&doctor->table, "%s", status);
	table_cell(&doctor->table, "%s", note ? note : "");
	free(note);
}

void doctor_say(struct doctor *doctor, const char *check, bool fine,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(doctor, check, fine ? "ok" : "problem", format, args);
	va_end(args);
	doctor->problems += !fine;
}

void doctor_unknown(struct doctor *doctor, const char *check,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(doctor, check, "unknown", format, args);
	va_end(args);
}

/* What to do about an error of a file that could not be read. */
static const char *advice(int error)
{
	return error == EACCES || error == EPERM ? " (run it with sudo)" : "";
}

char *doctor_file(const struct doctor *doctor, const char *name)
{
	char *path = must_format("%s%s", doctor->root, name);
	char *text = read_whole(path, NULL);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	free(path);
	return text;
}

bool doctor_has(const struct doctor *doctor, const char *name)
{
	char *path = must_format("%s%s", doctor->root, name);
	bool has = !access(path, F_OK);

	free(path);
	return has;
}

/* Switches of the machine, each in a file of its own that may be missing. */
static const struct {
	const char *check, *file, *bad, *problem, *fine;
} switches[] = {
	/* "[none] integrity confidentiality" where it is not locked down. */
	{ "lockdown", "/sys/kernel/security/lockdown", " [",
	  "the kernel is locked down: boot without Secure Boot, or without lockdown= on its command line",
	  "the kernel is not locked down" },
	{ "ftrace", "/proc/sys/kernel/ftrace_enabled", "0",
	  "switched off, and probes at the entry of functions with it: sysctl kernel.ftrace_enabled=1",
	  "not switched off" },
	{ "kprobes", "/sys/kernel/debug/kprobes/enabled", "0",
	  "switched off: echo 1 > /sys/kernel/debug/kprobes/enabled",
	  "not switched off" },
};

static void check_switches(struct doctor *doctor)
{
	char *text;
	size_t i;

	for (i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		text = doctor_file(doctor, switches[i].file);
		if (!text)
			doctor_unknown(doctor, switches[i].check,
				       "%s cannot be read: %s%s",
				       switches[i].file, strerror(errno),
				       advice(errno));
		else if (strstr(text, switches[i].bad))
			doctor_say(doctor, switches[i].check, false, "%s",
				   switches[i].problem);
		else
			doctor_say(doctor, switches[i].check, true, "%s",
				   switches[i].fine);
		free(text);
	}
}

/* An open configuration of the running kernel; NULL if there is none. */
static FILE *open_config(const struct doctor *doctor, bool *piped)
{
	char *path =
		must_format("%s/boot/config-%s", doctor->root, doctor->release);
	FILE *config = fopen(path, "re");

	free(path);
	*piped = false;
	if (config || !doctor_has(doctor, "/proc/config.gz"))
		return config;
	path = must_format("gzip -dc '%s/proc/config.gz'", doctor->root);
	config = popen(path, "re");
	free(path);
	*piped = true;
	return config;
}

static void check_config(struct doctor *doctor)
{
	static const char *const wanted[] = {
		"CONFIG_MODULES=y",
		"CONFIG_KPROBES=y",
		"CONFIG_DEBUG_FS=y",
		"CONFIG_TRACEPOINTS=y",
	};
	const size_t count = sizeof(wanted) / sizeof(wanted[0]);
	bool found[sizeof(wanted) / sizeof(wanted[0])] = { false };
	unsigned int problems = doctor->problems;
	char line[256];
	FILE *config;
	bool piped;
	size_t i;

	config = open_config(doctor, &piped);
	if (!config) {
		doctor_unknown(
			doctor, "configuration",
			"not to be seen here (neither /boot/config-%s nor /proc/config.gz)",
			doctor->release);
		return;
	}
	while (fgets(line, sizeof(line), config)) {
		line[strcspn(line, "\n")] = '\0';
		for (i = 0; i < count; i++)
			found[i] |= !strcmp(line, wanted[i]);
	}
	if (piped)
		pclose(config);
	else
		fclose(config);
	for (i = 0; i < count; i++)
		if (!found[i])
			doctor_say(
				doctor, "configuration", false,
				"the kernel was built without %s: it needs another kernel",
				wanted[i]);
	if (doctor->problems == problems)
		doctor_say(
			doctor, "configuration", true,
			"the kernel has modules, kprobes, tracepoints and debugfs");
}

static void check_debugfs(struct doctor *doctor)
{
	char *mounts = NULL, *path;

	path = must_format("%s/proc/self/mounts", doctor->root);
	mounts = read_whole(path, NULL);
	free(path);
	if (!mounts)
		doctor_unknown(doctor, "debugfs",
			       "/proc/self/mounts cannot be read: %s",
			       strerror(errno));
	else if (strstr(mounts, " /sys/kernel/debug debugfs "))
		doctor_say(doctor, "debugfs", true, "mounted");
	else
		doctor_say(
			doctor, "debugfs", false,
			"not mounted: mount -t debugfs none /sys/kernel/debug");
	free(mounts);
}

static void check_version(struct doctor *doctor)
{
	struct metadata metadata;
	char *text = read_whole(debugfs_path("metadata"), NULL);

	if (!text) {
		doctor_say(doctor, "record_format", false,
			   "the module's files cannot be read: %s%s",
			   strerror(errno), advice(errno));
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

static void check_site(struct doctor *doctor, char **row)
{
	if (!strcmp(row[1], "unavailable"))
		doctor_say(doctor, "ledger", false,
			   "%s cannot be probed (%s): changes of mm_%s there leave ledgers open",
			   row[4], row[7], row[0]);
	else if (strtoull(row[6], NULL, 10))
		doctor_say(doctor, "ledger", false,
			   "%s was missed %s times: ledgers may be open for that; switch the ledger off and on again for new sums",
			   row[4], row[6]);
}

/* Rows of `probes`: point status how kind where hits missed note. */
static void check_probes(struct doctor *doctor)
{
	char *text = read_whole(debugfs_path("probes"), NULL);
	unsigned int problems = doctor->problems;
	struct table table;
	char **row;
	size_t i;

	if (!text || !table_from_text(&table, text)) {
		doctor_unknown(doctor, "probes", "%s: %s%s",
			       debugfs_path("probes"),
			       text ? "is not as expected" : strerror(errno),
			       text ? "" : advice(errno));
		free(text);
		return;
	}
	free(text);
	for (i = 0; table.ncolumns == 8 && i < table.ncells; i += 8) {
		row = table.cells + i;
		/* An instruction of the ledger's; point is its counter. */
		if (!strcmp(row[2], "inlined"))
			check_site(doctor, row);
		else if (!strcmp(row[1], "unavailable"))
			doctor_say(
				doctor, "probes", false,
				"%s is unavailable (%s): what depends on it is not recorded",
				row[0], row[7]);
		else if (strtoull(row[6], NULL, 10))
			doctor_say(
				doctor, "probes", false,
				"%s was missed %s times: load the module with a greater max_clones",
				row[0], row[6]);
	}
	if (doctor->problems == problems)
		doctor_say(doctor, "probes", true,
			   "every point can be attached");
	table_free(&table);
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

int doctor_run(struct doctor *doctor, bool is_root, bool json)
{
	table_init(&doctor->table, "check status note");
	doctor_say(doctor, "root", is_root, "%s",
		   is_root ? "you are root" :
			     "you are not root: run it with sudo");
	check_config(doctor);
	check_switches(doctor);
	check_debugfs(doctor);
	doctor_check_module(doctor);
	if (doctor_has(doctor, "/sys/module/mmscope")) {
		check_version(doctor);
		check_probes(doctor);
		check_readers(doctor);
	}
	table_print(&doctor->table, json, NULL);
	table_free(&doctor->table);
	return doctor->problems ? STATUS_TROUBLE : STATUS_OK;
}

static int run(const struct options *options)
{
	struct doctor doctor = { .root = "" };
	struct utsname name;

	uname(&name);
	doctor.release = name.release;
	return doctor_run(&doctor, !geteuid(), options->json);
}

const struct verb verb_doctor = {
	.name = "doctor",
	.run = run,
	.letters = "jdh",
	.synopsis = "[--json]",
	.summary = "what is missing on this machine, and what to do",
	.about =
		"Checks root, the kernel's configuration, lockdown, ftrace, debugfs, and the module:\n"
		"its record format, its points and other readers if it is loaded; if not, whether\n"
		"it is installed, built for this kernel, signed, or could be built here. What cannot\n"
		"be seen is said to be unknown. Exits 0 if no problem was found.",
};
