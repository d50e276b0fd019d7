// SPDX-License-Identifier: GPL-2.0-only
/*
 * refs_proc.c - files of /proc/PID that take the process's mm, read once and
 * again and again
 */
#include "refs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const files[] = {
	"maps",	   "smaps", "smaps_rollup", "numa_maps", "pagemap",
	"environ", "auxv",  "mem",	    "status",	 "statm",
	"cmdline", "stat",  "oom_score",
};

/* A file that is there but has nothing to read is read all the same. */
static long read_one(pid_t pid, const char *name)
{
	static char buf[1 << 14];
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	/* Of mem, where there is something; of pagemap, what is not empty. */
	while (pread(fd, buf, sizeof(buf), (off_t)(long)ref_page) < 0 &&
	       errno == EINTR)
		;
	lseek(fd, 0, SEEK_SET);
	while (read(fd, buf, sizeof(buf)) < 0 && errno == EINTR)
		;
	close(fd);
	return 1;
}

long read_proc_files(pid_t pid)
{
	long opened = 0;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		opened += read_one(pid, files[i]);
	return opened;
}

int ref_proc(void)
{
	pid_t pid = ref_victim();
	long opened = read_proc_files(pid);
	char path[64];
	int mem, maps;

	if (opened < 9)
		die_usage("refs proc: only %ld files of /proc/%d", opened, pid);
	/* Two more that outlive the process. */
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = open(path, O_RDONLY | O_CLOEXEC);
	if (mem < 0 || maps < 0)
		die("%s", path);
	ref_end_victim(pid);
	close(maps);
	close(mem);
	return 0;
}

static volatile sig_atomic_t enough;

static void stop(int signal)
{
	(void)signal;
	enough = 1;
}

/* Reads of every process there is, until SIGTERM. */
int verb_proc_reader(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	long opened = 0, rounds = 0, rest_ms = 0;
	const struct number options[] = {
		{ "rest-ms", &rest_ms, 0, 60000 },
		{ NULL },
	};
	struct dirent *entry;
	DIR *proc;

	take_numbers(argc, argv, options, 0);
	sigaction(SIGTERM, &action, NULL);
	while (!enough) {
		proc = opendir("/proc");
		if (!proc)
			die("/proc");
		while (!enough && (entry = readdir(proc)))
			if (isdigit((unsigned char)entry->d_name[0]))
				opened += read_proc_files(atoi(entry->d_name));
		closedir(proc);
		rounds++;
		if (!enough && rest_ms)
			sleep_ms(rest_ms);
	}
	say("what=proc-reader rounds=%ld opened=%ld", rounds, opened);
	return 0;
}
