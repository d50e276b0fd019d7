// SPDX-License-Identifier: GPL-2.0-only
/* recorder.c - from the live rings into a capture, and everything put back */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "capture/command.h"
#include "capture/directory.h"
#include "capture/filter_text.h"
#include "capture/recorder.h"
#include "capture/rings.h"
#include "cli/options.h"
#include "input/capture_files.h"
#include "module/debugfs.h"

/* The rings wake a reader by the batch; the last few records come by this. */
#define POLL_MS 200
/* CPUs that were plugged in are looked for, and progress is shown, this often. */
#define LOOK_MS 500
/* What a command has to end in after Ctrl-C, so that its end is recorded. */
#define GRACE_MS 2000

/**
 * struct recording - what has to be put back, and when to end
 * @tell: is told what it came to; may be NULL
 * @enable: what was written in debugfs before, as is @filter
 * @ledger: "1" or "audit" if changes of the counters are recorded, too
 * @ledger_before: the same for what was on before
 * @lost_before: what the module had lost before recording began
 * @stop_at: on the monotonic clock, ms; 0: no limit
 * @signal: that has asked to stop
 * @progress: a line of it is rewritten; not on the terminal of a command, which may
 *	have left its cursor behind words that are still to be read
 * @begun: the module's state has been changed
 */
struct recording {
	const struct options *options;
	void (*tell)(const struct recorded *recorded);
	struct rings rings;
	struct command command;
	struct capture_dir directory;
	char *enable, *filter;
	const char *ledger, *ledger_before;
	uint64_t lost_before;
	int signals;
	int64_t stop_at;
	int64_t looked_at;
	int signal;
	bool progress;
	bool begun;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The module's own count, which also knows of what no record could tell. */
static uint64_t lost_in_all(void)
{
	char *text = read_whole(debugfs_path("stats"), NULL);
	const char *line = text ? strstr(text, "\nlost ") : NULL;
	uint64_t lost = line ? strtoull(line + strlen("\nlost "), NULL, 10) : 0;

	free(text);
	return lost;
}

static void restore(struct recording *recording)
{
	debugfs_write("filter", recording->filter);
	if (atoi(recording->enable))
		debugfs_write("enable", "1\n");
	if (recording->ledger_before)
		debugfs_write("ledger", recording->ledger_before);
}

/* What the ledger was: its file begins with "# on;", "# on, with audit;", "# off;". */
static const char *ledger_now(void)
{
	char *text = read_whole(debugfs_path("ledger"), NULL);
	const char *state = NULL;

	if (text && !strncmp(text, "# on, with audit", 16))
		state = "audit\n";
	else if (text && !strncmp(text, "# on", 4))
		state = "1\n";
	free(text);
	return state;
}

/* A text file of debugfs into the capture, instead of an older copy. */
static bool copy_text(const char *directory, const char *name, const char *to)
{
	char *text = debugfs_read(name), *path;
	bool done = false;
	FILE *file;

	if (!text)
		return false;
	path = must_format("%s/%s", directory, to);
	unlink(path);
	file = fopen(path, "wex");
	if (file) {
		fputs(text, file);
		done = !ferror(file);
		done = !fclose(file) && done;
	}
	if (!done)
		complain("%s: %s", path, strerror(errno));
	free(path);
	free(text);
	return done;
}

/*
 * The ledger goes on with recording, and what is there already is said once more
 * when it is on: so whatever is born in the capture has all its changes in it.
 */
static bool begin_ledger(struct recording *recording)
{
	if (!recording->ledger)
		return true;
	if (!debugfs_write("ledger", recording->ledger))
		return false;
	rings_drain(&recording->rings);
	recording->lost_before = lost_in_all();
	return !recording->rings.failed;
}

/*
 * Instructions of modules that came meanwhile have got numbers, and the calls that
 * took references are known only now.
 */
static void end_ledger(struct recording *recording)
{
	const char *directory = recording->directory.now;
	char *text, *at;

	if (!recording->ledger)
		return;
	copy_text(directory, "metadata", "metadata");
	copy_text(directory, "stacks", CAPTURE_STACKS);
	text = debugfs_read("ledger");
	at = text ? strstr(text, "missed by probes: ") : NULL;
	if (at && strtoull(at + strlen("missed by probes: "), NULL, 10))
		complain(
			"the kernel could not deliver some changes of the counters to their probes: ledgers may be open for that (see the module's `probes`)");
	free(text);
}

/*
 * Everything that can fail is tried before the command runs. Records that are
 * still in the rings belong to somebody's earlier recording, and are let go.
 */
static bool begin(struct recording *recording, const char *path)
{
	const struct options *options = recording->options;
	char *filter;
	bool done;

	recording->enable = debugfs_read_value("enable");
	if (!recording->enable)
		return false;
	recording->filter = debugfs_read_value("filter");
	recording->ledger_before = ledger_now();
	recording->ledger = recording->ledger_before;
	if (options->ledger && !recording->ledger)
		recording->ledger = "1\n";
	if (!recording->filter || !rings_open(&recording->rings) ||
	    !capture_dir_make(&recording->directory, path) ||
	    !debugfs_write("enable", "0\n"))
		return false;
	recording->begun = true;
	rings_drain(&recording->rings);
	recording->lost_before = lost_in_all();
	filter = filter_text(options, recording->command.pid);
	done = !recording->rings.failed && debugfs_write("filter", filter) &&
	       begin_ledger(recording);
	recording->rings.directory = recording->directory.now;
	done = done && debugfs_write("enable", "1\n") &&
	       copy_text(recording->directory.now, "metadata", "metadata");
	free(filter);
	return done;
}

static void show_progress(const struct recording *recording)
{
	const struct rings *rings = &recording->rings;

	if (recording->progress)
		fprintf(stderr,
			"\r\033[Kmmscope record: %llu records, %llu lost",
			(unsigned long long)rings->records,
			(unsigned long long)rings_lost(rings));
}

/* A terminal sends Ctrl-C to the command as well; kill(1) does not. */
static void take_signal(struct recording *recording)
{
	struct signalfd_siginfo info;

	if (read(recording->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD) {
		command_reap(&recording->command, false);
		return;
	}
	if (recording->command.pid && info.ssi_code <= 0)
		kill(recording->command.pid, info.ssi_signo);
	recording->stop_at = now_ms();
	if (recording->command.pid && !recording->signal)
		recording->stop_at += GRACE_MS;
	recording->signal = info.ssi_signo;
}

static void wait_for_more(struct recording *recording, struct pollfd *polls)
{
	struct rings *rings = &recording->rings;
	int64_t left = POLL_MS;
	size_t i;
	int ready;

	for (i = 0; i < rings->count; i++)
		polls[i] = (struct pollfd){ rings->list[i].in, POLLIN, 0 };
	polls[i] = (struct pollfd){ recording->signals, POLLIN, 0 };
	if (recording->stop_at && recording->stop_at - now_ms() < left)
		left = recording->stop_at - now_ms();
	ready = poll(polls, rings->count + 1, left > 0 ? left : 0);
	if (ready > 0 && polls[rings->count].revents)
		take_signal(recording);
	for (i = 0; i < rings->count; i++)
		if (!ready || polls[i].revents)
			ring_drain(rings, &rings->list[i]);
}

/* Every half second: the quiet rings' few records, new CPUs, progress. */
static void look_around(struct recording *recording)
{
	if (now_ms() - recording->looked_at < LOOK_MS)
		return;
	recording->looked_at = now_ms();
	rings_drain(&recording->rings);
	if (!rings_open(&recording->rings))
		recording->rings.failed = true;
	show_progress(recording);
}

static void follow(struct recording *recording)
{
	bool follows = recording->command.pid;
	struct pollfd *polls = NULL;

	while (!recording->rings.failed &&
	       (!follows || recording->command.pid) &&
	       (!recording->stop_at || now_ms() < recording->stop_at)) {
		polls = must_realloc(polls, (recording->rings.count + 1) *
						    sizeof(*polls));
		wait_for_more(recording, polls);
		look_around(recording);
	}
	free(polls);
}

static void sum_up(const struct recording *recording)
{
	const struct rings *rings = &recording->rings;
	uint64_t told = rings_lost(rings);
	uint64_t lost = lost_in_all() - recording->lost_before;
	char size[HUMAN_SIZE];

	if (lost > told)
		complain(
			"%llu records are lost of which the capture does not tell (see the module's `stats`)",
			(unsigned long long)(lost - told));
	else
		lost = told;
	complain("%llu records, %llu lost, %s in %s",
		 (unsigned long long)rings->records, (unsigned long long)lost,
		 human_bytes(size, rings->bytes), rings->directory);
	if (recording->tell)
		recording->tell(&(struct recorded){
			rings->directory, rings->records, lost, rings->bytes });
}

/*
 * The command has been started, or there is none to start: now an older capture of
 * that name may go.
 */
static bool publish(struct recording *recording)
{
	bool done = capture_dir_publish(&recording->directory,
					recording->options->force);

	recording->rings.directory = recording->directory.now;
	return done;
}

/* What is left in the rings, and what is known only at the end. */
static bool finish(struct recording *recording)
{
	rings_drain(&recording->rings);
	end_ledger(recording);
	sum_up(recording);
	return rings_write_ends(&recording->rings) && !recording->rings.failed;
}

/* Begins, follows and ends; whatever happens, everything is put back. */
static int record(struct recording *recording, const char *path)
{
	const struct options *options = recording->options;
	bool runs = begin(recording, path), done = runs;

	if (!runs) {
		command_drop(&recording->command);
	} else if (recording->command.pid) {
		runs = command_go(&recording->command, options->command[0]);
		/* One that could not be run has ended, and exits as in a shell. */
		if (!runs)
			command_reap(&recording->command, true);
	}
	if (options->seconds)
		recording->stop_at = now_ms() + 1000LL * options->seconds;
	if (runs) {
		done = publish(recording);
		follow(recording);
	}
	if (recording->progress && runs)
		fputs("\r\033[K", stderr);
	if (recording->begun)
		debugfs_write("enable", "0\n");
	if (runs)
		done = finish(recording) && done;
	else
		capture_dir_drop(&recording->directory);
	rings_close(&recording->rings);
	if (recording->begun)
		restore(recording);
	free(recording->directory.now);
	return done ? STATUS_OK : STATUS_TROUBLE;
}

int recorder_run(const struct options *options,
		 void (*tell)(const struct recorded *recorded))
{
	const char *directory = options->output ? options->output :
						  DEFAULT_CAPTURE;
	struct recording recording = { .options = options, .tell = tell };
	sigset_t before;
	int status;

	status = capture_dir_check(directory);
	if (status)
		return status;
	recording.progress = isatty(STDERR_FILENO) && !options->command[0];
	recording.signals = command_signals(&before);
	/* A reader of our messages that goes away must not end the recording. */
	signal(SIGPIPE, SIG_IGN);
	if (options->command[0] &&
	    !command_fork(&recording.command, options->command, &before))
		return STATUS_TROUBLE;
	status = record(&recording, directory);
	free(recording.enable);
	free(recording.filter);
	close(recording.signals);
	/* A command that goes on is waited for; Ctrl-C ends the wait. */
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (recording.command.pid)
		complain(
			"the command goes on (pid %d), and is no longer recorded",
			(int)recording.command.pid);
	command_reap(&recording.command, true);
	return status ? status : recording.command.status;
}
