// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads.c - a process with so many threads, held while somebody looks
 */
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pid_t last_tid;
/* How many may end, in the order in which they were made. */
static long may_end;

static void *stay(void *argument)
{
	long number = (long)argument;

	pthread_mutex_lock(&lock);
	last_tid = current_tid();
	pthread_cond_broadcast(&changed);
	while (may_end <= number)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* One at a time, so that the n-th thread is user n + 1. */
static void start_one(pthread_t *thread, const pthread_attr_t *attributes,
		      long number)
{
	last_tid = 0;
	errno = pthread_create(thread, attributes, stay, (void *)number);
	if (errno)
		die("pthread_create");
	pthread_mutex_lock(&lock);
	while (!last_tid)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

/*
 * One at a time here too. A thread can be joined while it is still on its way out
 * of the kernel; it has given up the mm once it is no thread of the process.
 */
static void end_one(pthread_t thread, long number)
{
	long before = status_number(getpid(), "Threads:");

	pthread_mutex_lock(&lock);
	may_end = number + 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	while (status_number(getpid(), "Threads:") >= before)
		sched_yield();
}

int verb_threads(int argc, char **argv)
{
	int word = take_numbers(argc, argv, NULL, 1);
	long count = number_in("threads", argv[word], 1, 10000), i;
	pthread_t *threads = calloc(count, sizeof(*threads));
	pthread_attr_t attributes;

	if (!threads)
		die("memory for %ld threads", count);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	for (i = 0; i < count; i++) {
		start_one(&threads[i], &attributes, i);
		say_clone("pthread_create", THREAD_FLAGS, last_tid);
		say("what=threads tid=%d users=%ld", last_tid, i + 2);
	}
	wait_release();
	for (i = 0; i < count; i++)
		end_one(threads[i], i);
	free(threads);
	return 0;
}

static void *outlive(void *unused)
{
	char maps[64];

	(void)unused;
	snprintf(maps, sizeof(maps), "/proc/%d/maps", getpid());
	/* The leader stays as a zombie, and has no mm any more. */
	while (count_lines(maps))
		sched_yield();
	wait_release();
	_exit(0);
}

int verb_leader_exit(int argc, char **argv)
{
	pthread_t thread;

	take_numbers(argc, argv, NULL, 0);
	errno = pthread_create(&thread, NULL, outlive, NULL);
	if (errno)
		die("pthread_create");
	say("what=leader pid=%d", getpid());
	pthread_exit(NULL);
}
