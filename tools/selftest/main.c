// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - mmscope-selftest: the textbook, tried on this kernel
 *
 * `mmscope selftest` starts it, with the rows as words, and reads the options. The
 * experiments run in a process of their own. Whatever becomes of it, this one
 * puts the module's state back.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "capture/command.h"
#include "module/debugfs.h"
#include "output/json.h"
#include "selftest.h"
#include "trace.h"

/* No row takes as long, with all its tries. */
#define ROW_SECONDS 120

static bool names(const char *word, const struct row *row)
{
	char *end;

	return !strcmp(word, row->name) ||
	       (strtoul(word, &end, 10) == row->number && !*end);
}

static bool is_wanted(const struct row *row, char **words)
{
	if (!*words)
		return true;
	for (; *words; words++)
		if (names(*words, row))
			return true;
	return false;
}

static int check_words(char **words)
{
	const struct row *row;

	for (; *words; words++) {
		for (row = selftest_rows; row->name; row++)
			if (names(*words, row))
				break;
		if (row->name)
			continue;
		complain("there is no row '%s' (mmscope-selftest.1 lists them)",
			 *words);
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

static void sum_up(const unsigned int *verdicts, bool json)
{
	unsigned int passed =
		verdicts[HOLDS] + verdicts[DIFFERS] + verdicts[NOT_HERE];
	json_t *object;

	if (!json) {
		printf("%u passed, %u failed, %u skipped\n", passed,
		       verdicts[FAILED], verdicts[SKIPPED]);
		return;
	}
	object = json_object();
	json_object_set_new(object, "passed", json_integer(passed));
	json_object_set_new(object, "failed", json_integer(verdicts[FAILED]));
	json_object_set_new(object, "skipped", json_integer(verdicts[SKIPPED]));
	json_line(object);
}

static void print_machine(void)
{
	struct utsname name;

	uname(&name);
	printf("Linux %s %s, CPUs: %u\n", name.release, name.machine,
	       cpus_usable());
}

/* In the process of the experiments. */
static int try_rows(char **words, bool json)
{
	unsigned int verdicts[FAILED + 1] = { 0 };
	const struct row *row;
	enum verdict verdict;
	struct test test;

	if (!json)
		print_machine();
	for (row = selftest_rows; row->name; row++) {
		if (!is_wanted(row, words))
			continue;
		alarm(ROW_SECONDS);
		verdict = test_run(&test, row);
		test_print(&test, verdict, json);
		test_forget(&test);
		verdicts[verdict]++;
	}
	trace_end();
	sum_up(verdicts, json);
	return verdicts[FAILED] ? STATUS_TROUBLE : STATUS_OK;
}

/* A group of its own, so that all of it can be ended at once. */
static pid_t begin_experiments(char **words, bool json, const sigset_t *mask)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	pid = try_rows(words, json);
	fflush(stdout);
	_exit(ferror(stdout) ? STATUS_TROUBLE : pid);
}

/* None that the program exits with: somebody wanted the experiments to end. */
#define STATUS_STOPPED (-1)

/* Until the experiments have ended, or somebody wants them to end. */
static int follow(pid_t pid, int signals)
{
	struct signalfd_siginfo info;
	int status;

	while (read(signals, &info, sizeof(info)) == sizeof(info) &&
	       info.ssi_signo == SIGCHLD)
		if (waitpid(pid, &status, WNOHANG) == pid)
			goto ended;
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return STATUS_STOPPED;
ended:
	/* Those that it left behind, if it was killed. */
	kill(-pid, SIGKILL);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	complain("the experiments were ended by signal %d%s", WTERMSIG(status),
		 WTERMSIG(status) == SIGALRM ? ": the last one took too long" :
					       "");
	return STATUS_TROUBLE;
}

/* Two at once would change each other's filter. */
static bool is_alone(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB))
		return true;
	complain("another selftest is running; wait until it is done");
	return false;
}

static int run(char **words, bool json)
{
	int status = check_words(words), signals;
	sigset_t before;
	pid_t pid;

	if (status)
		return status;
	if (!is_alone())
		return STATUS_TROUBLE;
	/* khugepaged holds a count of every mm that it might work on. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	signals = command_signals(&before);
	status = STATUS_TROUBLE;
	if (state_take()) {
		pid = begin_experiments(words, json, &before);
		if (pid > 0)
			status = follow(pid, signals);
		else
			complain("fork: %s", strerror(errno));
	}
	state_restore();
	if (status == STATUS_STOPPED) {
		complain("stopped; the module is as it was before");
		status = STATUS_TROUBLE;
	}
	close(signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && !strcmp(argv[1], "--json");

	/* A child of an experiment that was to exec something. */
	if (argc > 1 && !strcmp(argv[1], WORD_NOTHING))
		return STATUS_OK;
	verb_name = "selftest";
	debugfs_use(NULL);
	return run(argv + (json ? 2 : 1), json);
}
