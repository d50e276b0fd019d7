/* SPDX-License-Identifier: GPL-2.0-only */
/* command.h - a command that is held back until recording has begun */
#ifndef MMSCOPE_COMMAND_H
#define MMSCOPE_COMMAND_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct command - the child
 * @pid: of it; 0: there is none, or it has been reaped
 * @go: the end of the pipe that it waits on
 * @error: where it says why it could not be run
 * @status: what to exit with for it, once it has been reaped
 */
struct command {
	pid_t pid;
	int go;
	int error;
	int status;
};

/**
 * command_fork() - make the child, which then waits
 * @command: gets filled
 * @words: the command
 * @mask: the signal mask that it is to run with
 *
 * Return: false if it could not be made; said already.
 */
bool command_fork(struct command *command, char **words, const sigset_t *mask);

/* Lets it run; false if there is no such program, which has been said. */
bool command_go(struct command *command, const char *word);

/* Takes it back if it has ended, or waits until it does. */
void command_reap(struct command *command, bool wait);

/**
 * command_signals() - learn by reading of what ends a verb: its child, or somebody
 * @before: gets the mask that the child is to have
 *
 * Return: a signalfd with SIGCHLD, SIGINT, SIGTERM and SIGHUP, blocked from now on.
 */
int command_signals(sigset_t *before);

/* Nobody will let it run: it ends without having done anything. */
void command_drop(struct command *command);

#endif /* MMSCOPE_COMMAND_H */
