// SPDX-License-Identifier: GPL-2.0-only
/* command.c - a command that is held back until recording has begun */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "capture/command.h"

/* As shells have it: not there, or not to be run. */
#define STATUS_NOT_RUN(error) ((error) == ENOENT ? 127 : 126)

static void __attribute__((noreturn))
wait_and_exec(const int go[2], int error_pipe, char **words,
	      const sigset_t *mask)
{
	char byte;
	int error;

	close(go[1]);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	/* Nothing to read and the other end closed: the parent has given up. */
	if (read(go[0], &byte, 1) != 1)
		_exit(STATUS_TROUBLE);
	execvp(words[0], words);
	error = errno;
	if (write(error_pipe, &error, sizeof(error)) != sizeof(error))
		error = ENOENT;
	_exit(STATUS_NOT_RUN(error));
}

bool command_fork(struct command *command, char **words, const sigset_t *mask)
{
	int go[2], error_pipe[2];

	memset(command, 0, sizeof(*command));
	if (pipe2(go, O_CLOEXEC) || pipe2(error_pipe, O_CLOEXEC)) {
		complain("pipe: %s", strerror(errno));
		return false;
	}
	fflush(NULL);
	command->pid = fork();
	if (!command->pid)
		wait_and_exec(go, error_pipe[1], words, mask);
	close(go[0]);
	close(error_pipe[1]);
	command->go = go[1];
	command->error = error_pipe[0];
	if (command->pid < 0) {
		complain("fork: %s", strerror(errno));
		command->pid = 0;
		return false;
	}
	return true;
}

bool command_go(struct command *command, const char *word)
{
	ssize_t length;
	int error = 0;

	if (write(command->go, "", 1) != 1)
		error = errno;
	close(command->go);
	do {
		/* A successful exec closes the other end. */
		length = error ? 0 : read(command->error, &error,
					  sizeof(error));
	} while (length < 0 && errno == EINTR);
	close(command->error);
	if (error)
		complain("%s: %s", word, strerror(error));
	return !error;
}

void command_reap(struct command *command, bool wait)
{
	int status;
	pid_t pid;

	do {
		pid = command->pid ?
			      waitpid(command->pid, &status, wait ? 0 : WNOHANG) :
			      0;
	} while (pid < 0 && errno == EINTR);
	if (pid <= 0)
		return;
	command->pid = 0;
	command->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
						WEXITSTATUS(status);
}

int command_signals(sigset_t *before)
{
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGHUP);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, before);
	return signalfd(-1, &wanted, SFD_CLOEXEC);
}

void command_drop(struct command *command)
{
	if (!command->pid)
		return;
	close(command->go);
	close(command->error);
	command_reap(command, true);
}
