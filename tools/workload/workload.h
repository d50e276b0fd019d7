/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * workload.h - what the verbs of mm-workload share
 *
 * A verb does something to address spaces and prints what it did, one line of
 * key=value words for each act. That is the truth that tests hold mmscope's
 * records against, so it comes from what the verb itself asked for and got
 * back, or from /proc: never from mmscope.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Every verb: argv[0] is the verb; returns the exit status. */
int verb_borrowed_exit(int argc, char **argv);
int verb_churn(int argc, char **argv);
int verb_clone(int argc, char **argv);
int verb_clone3(int argc, char **argv);
int verb_contexts(int argc, char **argv);
int verb_crowd(int argc, char **argv);
int verb_dup(int argc, char **argv);
int verb_exec(int argc, char **argv);
int verb_exec_thread(int argc, char **argv);
int verb_fail(int argc, char **argv);
int verb_faults(int argc, char **argv);
int verb_fork(int argc, char **argv);
int verb_idle(int argc, char **argv);
int verb_idle_exit(int argc, char **argv);
int verb_nothing(int argc, char **argv);
int verb_leader_exit(int argc, char **argv);
int verb_life(int argc, char **argv);
int verb_pin(int argc, char **argv);
int verb_pingpong(int argc, char **argv);
int verb_poll(int argc, char **argv);
int verb_posix_spawn(int argc, char **argv);
int verb_processes(int argc, char **argv);
int verb_proc_reader(int argc, char **argv);
int verb_reader_exit(int argc, char **argv);
int verb_refs(int argc, char **argv);
int verb_relay(int argc, char **argv);
int verb_steps(int argc, char **argv);
int verb_storm(int argc, char **argv);
int verb_tasks(int argc, char **argv);
int verb_text(int argc, char **argv);
int verb_threads(int argc, char **argv);
int verb_tree(int argc, char **argv);
int verb_vfork(int argc, char **argv);
int verb_vfork_exec(int argc, char **argv);

/* say.c: the truth, and errors */

/* One line of truth, written at once, so that no child inherits half a line. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The kinds of clones by mmscope's rule: the flags alone decide. */
enum clone_kind {
	KIND_FORK,
	KIND_VFORK,
	KIND_CLONE,
	KIND_THREAD,
	KINDS,
};

enum clone_kind kind_of_flags(uint64_t flags);
const char *kind_name(enum clone_kind kind);

/*
 * One clone: via is the call that was made, flags are those that it hands to
 * the kernel as far as the verb knows them, result is a pid or -errno.
 */
void say_clone(const char *via, uint64_t flags, long result);

/* What glibc asks for in fork, in vfork and posix_spawn, in pthread_create. */
#define FORK_FLAGS ((uint64_t)(CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID))
#define VFORK_FLAGS ((uint64_t)(CLONE_VM | CLONE_VFORK))
#define THREAD_FLAGS                                                           \
	((uint64_t)(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM |        \
		    CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS |              \
		    CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID))

/* The reason with errno's text to standard error, then exit 1. */
void die(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));
/* The same without errno and with status 2. */
void die_usage(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* options.c */

/* "--name N"; a list ends with name NULL. */
struct number {
	const char *name;
	long *value;
	long min;
	long max;
};

/*
 * Takes the options of a verb. Returns the index of the first word that is
 * none; dies where there are more such words than @words allows, or fewer.
 */
int take_numbers(int argc, char **argv, const struct number *wanted, int words);
long number_in(const char *name, const char *text, long min, long max);

/* system.c: small things that libc has no one call for */
int64_t now_ns(void);
void sleep_ms(long ms);
void pin_to_cpu(pid_t pid, long cpu);
long cpu_count(void);
/* The number of clones that succeeded since boot: `processes` in /proc/stat. */
long read_processes(void);
/* The number behind "Key:" in /proc/PID/status. */
long status_number(pid_t pid, const char *key);
long count_lines(const char *path);
pid_t current_tid(void);
/* Waits for a child and dies unless it exited with status 0. */
void wait_child(pid_t pid);
/* fork() that dies on failure and flushes nothing twice. */
pid_t must_fork(void);
/* Writes text to a file in one write(); returns 0 or -errno. */
int write_file(const char *path, const char *text);
/* Reads a small file as one string; dies where that is not possible. */
void read_file(const char *path, char *buf, size_t size);
/* Prints ready=1, then waits for a line or the end of standard input. */
void wait_release(void);
/* The program itself, to be executed. */
const char *self_path(void);

/* raw_clone.c: clone3 with CLONE_VM, which C cannot call by itself */
struct clone_args;
long raw_clone3(struct clone_args *args, int (*child)(void *), void *arg);
/* "VM,VFORK,PIDFD" or "0" as flags; dies of a name that is not known. */
uint64_t flags_of_names(const char *names);

#endif /* WORKLOAD_H */
