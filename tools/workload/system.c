// SPDX-License-Identifier: GPL-2.0-only
/*
 * system.c - small things that libc has no one call for
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int64_t now_ns(void)
{
	struct timespec now;

	/* The records' own clock. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void sleep_ms(long ms)
{
	struct timespec left = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

void pin_to_cpu(pid_t pid, long cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(pid, sizeof(set), &set))
		die("pin %d to CPU %ld", pid, cpu);
}

long cpu_count(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

static long file_number(const char *path, const char *key)
{
	size_t len = strlen(key);
	char line[4096];
	long value = -1;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		die("%s", path);
	while (value < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len))
			value = strtol(line + len, NULL, 10);
	fclose(file);
	return value;
}

long read_processes(void)
{
	long value = file_number("/proc/stat", "processes ");

	if (value < 0)
		die_usage("/proc/stat has no line `processes`");
	return value;
}

long status_number(pid_t pid, const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return file_number(path, key);
}

long count_lines(const char *path)
{
	FILE *file = fopen(path, "re");
	long lines = 0;
	int byte;

	if (!file)
		die("%s", path);
	while ((byte = getc(file)) != EOF)
		if (byte == '\n')
			lines++;
	fclose(file);
	return lines;
}

pid_t current_tid(void)
{
	return syscall(SYS_gettid);
}

/* By its name, because that is what the process is called after exec. */
const char *self_path(void)
{
	static char path[4096];

	if (!path[0] && readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		die("/proc/self/exe");
	return path;
}

void wait_child(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			die("wait for %d", pid);
	if (status) {
		errno = ECHILD;
		die("child %d ended with wait status 0x%x", pid, status);
	}
}

pid_t must_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	return pid;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	close(fd);
	return error;
}

void read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		die("%s", path);
	len = read(fd, buf, size - 1);
	if (len < 0)
		die("read %s", path);
	close(fd);
	buf[len] = '\0';
}

void wait_release(void)
{
	char byte;

	say("ready=1 pid=%d", getpid());
	while (read(STDIN_FILENO, &byte, 1) < 0)
		if (errno != EINTR)
			die("read standard input");
}
