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

/* One check's row: its note says what to do, or that all is well. */
static void say(struct doctor *doctor, const char *check, bool fine,
		const char *format, ...) __attribute__((format(printf, 4, 5)));
static void say(struct doctor *doctor, const char *check, bool fine,
		const char *format, ...)
{
	va_list args;
	char *note;

	va_start(args, format);
	if (vasprintf(&note, format, args) < 0)
		note = NULL;
	va_end(args);
	table_cell(&doctor->table, "%s", check);
	table_cell(&doctor->table, "%s", fine ? "ok" : "problem");
	table_cell(&doctor->table, "%s", note ? note : "");
	free(note);
	doctor->problems += !fine;
}

/* A file of the machine, without its last newline; NULL if it is not there. */
static char *machine_file(const struct doctor *doctor, const char *name)
{
	char *path = must_format("%s%s", doctor->root, name);
	char *text = read_whole(path, NULL);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	free(path);
	return text;
}

static bool machine_has(const struct doctor *doctor, const char *name)
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
	{ "signature", "/sys/module/module/parameters/sig_enforce", "Y",
	  "this kernel loads signed modules only: sign mmscope.ko with a key that it trusts (mokutil, kmodsign)",
	  "unsigned modules may be loaded" },
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
		text = machine_file(doctor, switches[i].file);
		if (text && strstr(text, switches[i].bad))
			say(doctor, switches[i].check, false, "%s",
			    switches[i].problem);
		else
			say(doctor, switches[i].check, true, "%s",
			    switches[i].fine);
		free(text);
	}
}

/* An open configuration of the running kernel; NULL if there is none. */
static FILE *open_config(const struct doctor *doctor, bool *piped)
{
	char *path = must_format("%s/boot/config-%s", doctor->root,
				 doctor->release);
	FILE *config = fopen(path, "re");

	free(path);
	*piped = false;
	if (config || !machine_has(doctor, "/proc/config.gz"))
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
		"CONFIG_MODULES=y", "CONFIG_KPROBES=y", "CONFIG_DEBUG_FS=y",
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
		say(doctor, "configuration", true,
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
			say(doctor, "configuration", false,
			    "the kernel was built without %s: it needs another kernel",
			    wanted[i]);
	if (doctor->problems == problems)
		say(doctor, "configuration", true,
		    "the kernel has modules, kprobes, tracepoints and debugfs");
}

/* Whether depmod knows an mmscope.ko for the running kernel. */
static bool is_installed(const struct doctor *doctor)
{
	char *path = must_format("%s/lib/modules/%s/modules.dep", doctor->root,
				 doctor->release);
	char *text = read_whole(path, NULL);
	bool installed = text && strstr(text, "mmscope.ko");

	free(text);
	free(path);
	return installed;
}

static void check_module(struct doctor *doctor)
{
	char *build = must_format("/lib/modules/%s/build", doctor->release);

	if (machine_has(doctor, "/sys/module/mmscope"))
		say(doctor, "module", true, "loaded");
	else if (is_installed(doctor))
		say(doctor, "module", false,
		    "installed but not loaded: modprobe mmscope");
	else if (machine_has(doctor, build))
		say(doctor, "module", false,
		    "neither loaded nor installed: make load in the source tree");
	else
		say(doctor, "module", false,
		    "neither loaded nor installed, nor are the headers to build it with: install linux-headers-%s, then make load in the source tree",
		    doctor->release);
	free(build);
}

static void check_debugfs(struct doctor *doctor)
{
	char *mounts = NULL, *path;

	path = must_format("%s/proc/self/mounts", doctor->root);
	mounts = read_whole(path, NULL);
	free(path);
	if (mounts && strstr(mounts, " /sys/kernel/debug debugfs "))
		say(doctor, "debugfs", true, "mounted");
	else
		say(doctor, "debugfs", false,
		    "not mounted: mount -t debugfs none /sys/kernel/debug");
	free(mounts);
}

static void check_version(struct doctor *doctor)
{
	struct metadata metadata;
	char *text = read_whole(debugfs_path("metadata"), NULL);

	if (!text) {
		say(doctor, "record_format", false,
		    "the module's files cannot be read: %s%s", strerror(errno),
		    errno == EACCES ? " (run it with sudo)" : "");
		return;
	}
	metadata_parse(text, &metadata);
	free(text);
	if (metadata.abi == MMSCOPE_ABI_VERSION)
		say(doctor, "record_format", true,
		    "module and reader know format %d", MMSCOPE_ABI_VERSION);
	else
		say(doctor, "record_format", false,
		    "the module writes format %llu, this mmscope reads format %d: install both from one version",
		    (unsigned long long)metadata.abi, MMSCOPE_ABI_VERSION);
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
		free(text);
		return;
	}
	free(text);
	for (i = 0; table.ncolumns == 8 && i < table.ncells; i += 8) {
		row = table.cells + i;
		if (!strcmp(row[1], "unavailable"))
			say(doctor, "probes", false,
			    "%s is unavailable (%s): what depends on it is not recorded",
			    row[0], row[7]);
		else if (strtoull(row[6], NULL, 10))
			say(doctor, "probes", false,
			    "%s was missed %s times: load the module with a greater max_clones",
			    row[0], row[6]);
	}
	if (doctor->problems == problems)
		say(doctor, "probes", true, "every point can be attached");
	table_free(&table);
}

static void check_process(struct doctor *doctor, const char *pid)
{
	char *directory = must_format("%s/proc/%s/fd", doctor->root, pid);
	char *comm_name = must_format("/proc/%s/comm", pid);
	char *comm = machine_file(doctor, comm_name);
	char target[512];
	struct dirent *entry;
	unsigned int cpu;
	DIR *files = opendir(directory);
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
		say(doctor, "reader", false,
		    "%s is being read by %s (pid %s): stop it before recording",
		    base + 1, comm ? comm : "?", pid);
		break;
	}
	if (files)
		closedir(files);
	free(comm);
	free(comm_name);
	free(directory);
}

static void check_readers(struct doctor *doctor)
{
	char *path = must_format("%s/proc", doctor->root);
	unsigned int problems = doctor->problems;
	struct dirent *entry;
	DIR *processes = opendir(path);

	while (processes && (entry = readdir(processes)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			check_process(doctor, entry->d_name);
	if (processes)
		closedir(processes);
	free(path);
	if (doctor->problems == problems)
		say(doctor, "reader", true, "nobody else reads the rings");
}

int doctor_run(struct doctor *doctor, bool is_root, bool json)
{
	table_init(&doctor->table, "check status note");
	say(doctor, "root", is_root, "%s",
	    is_root ? "you are root" : "you are not root: run it with sudo");
	check_config(doctor);
	check_switches(doctor);
	check_debugfs(doctor);
	check_module(doctor);
	if (machine_has(doctor, "/sys/module/mmscope")) {
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
	.about = "Checks root, the kernel's configuration, lockdown, module signatures, ftrace,\n"
		 "debugfs, the module, its record format, its points and other readers. Exits 0\n"
		 "if nothing is missing.",
};
