// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin.c - an address space that outlives its process
 */
#include "workload.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* An open /proc/PID/mem holds mm_count, whatever becomes of the process. */
int verb_pin(int argc, char **argv)
{
	char path[64];
	int go[2], fd;
	int64_t asked_ns;
	char byte;
	pid_t pid;

	take_numbers(argc, argv, NULL, 0);
	if (pipe(go))
		die("pipe");
	pid = must_fork();
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) != 0);
	}
	close(go[0]);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	asked_ns = now_ns();
	close(go[1]);
	wait_child(pid);
	say("what=pinned pid=%d holder=%d asked_ns=%lld since_ns=%lld", pid,
	    getpid(), (long long)asked_ns, (long long)now_ns());
	wait_release();
	say("what=releasing pid=%d at_ns=%lld", pid, (long long)now_ns());
	close(fd);
	say("what=released pid=%d at_ns=%lld", pid, (long long)now_ns());
	return 0;
}
