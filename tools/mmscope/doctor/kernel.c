// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - whether this kernel can be looked into: its configuration and switches */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "doctor/checks.h"

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
				       doctor_advice(errno));
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

void doctor_check_kernel(struct doctor *doctor)
{
	check_config(doctor);
	check_switches(doctor);
	check_debugfs(doctor);
}
