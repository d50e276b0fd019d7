// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - mm-workload: does something to address spaces and says what
 */
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *words;
	const char *what;
} verbs[] = {
	{ "borrowed-exit", verb_borrowed_exit, "",
	  "exit while a kernel thread of mmscope_test borrows the mm" },
	{ "churn", verb_churn, "[--seconds N] [--seed N] [--rest-us N]",
	  "clones of all kinds and switches, for a time or until SIGTERM" },
	{ "clone", verb_clone, "FLAG,...", "one clone(), such as VM,FILES" },
	{ "clone3", verb_clone3, "FLAG,...|0", "one clone3()" },
	{ "contexts", verb_contexts, "[--contexts N] [--threads N]",
	  "many user-level threads on few kernel threads" },
	{ "crowd", verb_crowd, "[--most N] [--failures N]",
	  "clones that stay, until there is no memory for another one" },
	{ "dup", verb_dup, "[--vmas N] [--pages N]",
	  "fork, and what /proc says of the copy" },
	{ "exec", verb_exec, "[--count N]", "fork, then exec" },
	{ "exec-thread", verb_exec_thread, "", "exec from a second thread" },
	{ "fail", verb_fail, "CASE",
	  "a clone that fails: set-tid, set-tid-share, no-memory, sighand, thread, nproc" },
	{ "faults", verb_faults,
	  "[--step N] load FILE PARAMETERS|read FILE|write FILE TEXT UNDO",
	  "does it again and again while one allocation after the other fails" },
	{ "fork", verb_fork, "[--count N]", "fork" },
	{ "idle", verb_idle, "[--times N] [--ms N]",
	  "sleep, so that the idle task borrows the mm" },
	{ "idle-exit", verb_idle_exit, "",
	  "exit while the idle task of another CPU borrows the mm; held" },
	{ "leader-exit", verb_leader_exit, "",
	  "the first thread exits, another one goes on; held" },
	{ "life", verb_life, "", "all that one process can meet; held" },
	{ "nothing", verb_nothing, "", "exit with 0: something to exec" },
	{ "pin", verb_pin, "", "hold /proc/PID/mem of a dead process; held" },
	{ "pingpong", verb_pingpong, "[--rounds N]",
	  "two processes that take turns on one CPU" },
	{ "poll", verb_poll, "[--timeout-ms N | --follow-ms N] FILE",
	  "empty a cpuN, then wait in poll() for more" },
	{ "posix-spawn", verb_posix_spawn, "", "posix_spawn" },
	{ "processes", verb_processes, "N", "N processes that do nothing; held" },
	{ "proc-reader", verb_proc_reader, "[--rest-ms N]",
	  "read files of every process in /proc until SIGTERM" },
	{ "reader-exit", verb_reader_exit, "[--times N] FILE",
	  "threads that open a file, and exit while another one changes the mm" },
	{ "refs", verb_refs, "[WAY...]",
	  "references to an mm: proc, ptrace, process_vm_readv, move_pages, oom_score_adj,\n"
	  "\tprocess_mrelease, userfaultfd, io_uring, ksm, khugepaged, madvise_collapse, swapoff" },
	{ "relay", verb_relay, "[--kthreads N] [--rounds N]",
	  "kernel threads of mmscope_test in a row on this CPU" },
	{ "steps", verb_steps, "",
	  "all that takes and gives back an mm, step by step; held first" },
	{ "storm", verb_storm,
	  "[--clones N] [--seed N] [--cpus N] [--workers N] [--rest-us N]",
	  "so many mixed clones on all CPUs" },
	{ "tasks", verb_tasks, "FILE COPY",
	  "copy a file, and say which processes had an mm then" },
	{ "text", verb_text, "find NAMES | save|compare|locks RANGES FILE|BYTE",
	  "the kernel's text: where functions are, whether they are what they were" },
	{ "threads", verb_threads, "N", "N threads; held" },
	{ "tree", verb_tree, "[--depth N]",
	  "held first, then a line of descendants" },
	{ "vfork", verb_vfork, "[--count N] [--sleep-ms N]", "vfork" },
	{ "vfork-exec", verb_vfork_exec, "", "vfork, then exec" },
};

static int help(void)
{
	size_t i;

	puts("mm-workload [--cpu N] VERB: does it, and says what it did as lines of key=value\n"
	     "--cpu N: keeps to CPU N, with an address space that was nowhere else\n"
	     "held: prints ready=1 and goes on when standard input has a line or ends\n");
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		printf("%s %s\n\t%s\n", verbs[i].name, verbs[i].words,
		       verbs[i].what);
	return 0;
}

/*
 * Pinning alone would leave the old CPU's idle task with this address space
 * on loan, for as long as no user runs there: so a new one after the move.
 */
static void again_on_cpu(long cpu, char **argv)
{
	pin_to_cpu(0, cpu);
	execv(self_path(), argv);
	die("%s", self_path());
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc > 2 && !strcmp(argv[1], "--cpu")) {
		long cpu = number_in("--cpu", argv[2], 0, 8191);

		argv[2] = argv[0];
		again_on_cpu(cpu, argv + 2);
	}
	if (argc < 2)
		die_usage("which verb?");
	if (!strcmp(argv[1], "help"))
		return help();
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	die_usage("unknown verb '%s'", argv[1]);
}
