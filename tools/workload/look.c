// SPDX-License-Identifier: GPL-2.0-only
/*
 * look.c - files of mmscope read by one process, with nobody else about
 *
 * A shell that runs cat has made a process before it has read a byte.
 */
#include "workload.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The whole of a file whose size nobody knows before. */
static char *read_all(const char *path, size_t *len)
{
	size_t size = 1 << 20;
	char *text = malloc(size);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	if (fd < 0)
		die("%s", path);
	for (*len = 0; text && got > 0; *len += got) {
		if (*len == size)
			text = realloc(text, size *= 2);
		got = text ? read(fd, text + *len, size - *len) : -1;
		if (got < 0)
			die("read %s", path);
	}
	if (!text)
		die("memory for %s", path);
	close(fd);
	return text;
}

static void write_all(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd))
		die("write %s", path);
}

/*
 * Kernel threads and zombies have no VmSize, and may be gone meanwhile. So may a process;
 * then mms has one that is not said here.
 */
static bool has_mm(pid_t pid)
{
	char path[64], line[256];
	bool found = false;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	status = fopen(path, "re");
	if (!status)
		return false;
	while (!found && fgets(line, sizeof(line), status))
		found = !strncmp(line, "VmSize:", strlen("VmSize:"));
	fclose(status);
	return found;
}

static void say_process(pid_t pid)
{
	char path[64], comm[64];

	if (!has_mm(pid))
		return;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	read_file(path, comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = '\0';
	say("what=process pid=%d threads=%ld comm=%s", pid,
	    status_number(pid, "Threads:"), comm);
}

/* Copies FILE to COPY, with the processes that had an mm at that moment. */
int verb_tasks(int argc, char **argv)
{
	int word = take_numbers(argc, argv, NULL, 2);
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t len;
	char *text;

	if (!proc)
		die("/proc");
	text = read_all(argv[word], &len);
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			say_process(atoi(entry->d_name));
	closedir(proc);
	write_all(argv[word + 1], text, len);
	free(text);
	return 0;
}

static long drain(int fd)
{
	static char buf[1 << 16];
	long bytes = 0;
	ssize_t got;

	while ((got = read(fd, buf, sizeof(buf))) > 0)
		bytes += got;
	if (got < 0)
		die("read");
	return bytes;
}

/*
 * The first end of file is the end of what was there at the one before it, so
 * only the second says that everything up to now has come.
 */
static long drain_twice(int fd)
{
	long bytes = drain(fd);

	return bytes + drain(fd);
}

/* Takes all that comes, whenever poll() says so, until the time is over. */
static void follow(int fd, int64_t until)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };
	long bytes = 0, wakes = 0;
	int64_t left;
	int woken;

	while ((left = until - now_ns()) > 0) {
		woken = poll(&wanted, 1, left / 1000000 + 1);
		if (woken < 0)
			die("poll");
		wakes += woken;
		if (woken)
			bytes += drain_twice(fd);
	}
	say("what=followed wakes=%ld bytes=%ld", wakes, bytes);
}

/* Empties a cpuN, then waits in poll() for more. */
int verb_poll(int argc, char **argv)
{
	long timeout_ms = 10000, follow_ms = 0;
	const struct number options[] = {
		{ "timeout-ms", &timeout_ms, 0, 600000 },
		{ "follow-ms", &follow_ms, 0, 600000 },
		{ NULL },
	};
	int word = take_numbers(argc, argv, options, 1);
	struct pollfd wanted = { .events = POLLIN };
	int64_t start, end;
	int woken;

	wanted.fd = open(argv[word], O_RDONLY | O_CLOEXEC);
	if (wanted.fd < 0)
		die("%s", argv[word]);
	start = now_ns();
	say("what=drained pid=%d at_ns=%lld bytes=%ld", getpid(),
	    (long long)start, drain_twice(wanted.fd));
	if (follow_ms) {
		follow(wanted.fd, start + follow_ms * 1000000);
		close(wanted.fd);
		return 0;
	}
	woken = poll(&wanted, 1, timeout_ms);
	if (woken < 0)
		die("poll");
	end = now_ns();
	say("what=polled pid=%d at_ns=%lld woken=%d revents=0x%x waited_ms=%lld bytes=%ld",
	    getpid(), (long long)end, woken, wanted.revents,
	    (long long)(end - start) / 1000000, drain_twice(wanted.fd));
	/* Closed by exiting, as by a reader that is killed. */
	return 0;
}
