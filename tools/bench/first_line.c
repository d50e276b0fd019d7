// SPDX-License-Identifier: GPL-2.0-only
/*
 * first_line.c - bench-first-line TEXT COMMAND...: how long until it says something
 *
 * Runs COMMAND until a line of its output holds TEXT, prints the nanoseconds that
 * took, and ends it with all that it started. In a guest that counts instructions a
 * nanosecond is one, or a wait of one. Exit status: 0, 1 if the command ended
 * without such a line or nothing came in two minutes, 2 usage.
 */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static pid_t start(char **command, int *output)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (pid) {
		close(ends[1]);
		*output = ends[0];
		return pid;
	}
	setpgid(0, 0);
	dup2(ends[1], 1);
	dup2(ends[1], 2);
	close(ends[0]);
	close(ends[1]);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

/* Not by lines of stdio: what came must be looked at as it comes. */
static int wait_for(int output, const char *text)
{
	static char said[1 << 16];
	struct pollfd poll_of = { .fd = output, .events = POLLIN };
	size_t length = 0;
	ssize_t got;

	while (poll(&poll_of, 1, 120000) == 1) {
		if (length > sizeof(said) / 2)
			length = 0;
		got = read(output, said + length, sizeof(said) - 1 - length);
		if (got <= 0)
			break;
		length += got;
		said[length] = '\0';
		if (strstr(said, text))
			return 0;
	}
	fprintf(stderr, "%.300s\n", said);
	return 1;
}

int main(int argc, char **argv)
{
	int64_t begin = now();
	int output, failed;
	pid_t pid;

	if (argc < 3) {
		fputs("bench-first-line TEXT COMMAND...\n", stderr);
		return 2;
	}
	pid = start(argv + 2, &output);
	if (pid < 0) {
		perror("bench-first-line");
		return 1;
	}
	failed = wait_for(output, argv[1]);
	if (!failed)
		printf("%lld\n", (long long)(now() - begin));
	kill(-pid, SIGTERM);
	close(output);
	waitpid(pid, NULL, 0);
	return failed;
}
