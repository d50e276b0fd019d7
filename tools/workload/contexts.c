// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts.c - many user-level threads on few kernel threads, as Go and Erlang
 * have them: the kernel sees the few
 */
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <ucontext.h>

#define STACK_SIZE 16384

struct carrier {
	pthread_t thread;
	ucontext_t scheduler;
	ucontext_t *contexts;
	char *stacks;
	long count;
	long turns;
	long switches;
};

static long turns_each = 5;

static void one_context(unsigned int high, unsigned int low)
{
	struct carrier *carrier =
		(void *)(uintptr_t)((uint64_t)high << 32 | low);
	long self = carrier->turns, turn;

	for (turn = 0; turn < turns_each; turn++) {
		carrier->switches++;
		swapcontext(&carrier->contexts[self], &carrier->scheduler);
	}
}

static void *carry(void *argument)
{
	struct carrier *carrier = argument;
	uint64_t address = (uintptr_t)carrier;
	long round, i;

	for (i = 0; i < carrier->count; i++) {
		ucontext_t *context = &carrier->contexts[i];

		getcontext(context);
		context->uc_stack.ss_sp = carrier->stacks + i * STACK_SIZE;
		context->uc_stack.ss_size = STACK_SIZE;
		context->uc_link = &carrier->scheduler;
		/* makecontext hands ints on: the pointer goes as two. */
		makecontext(context, (void (*)(void))one_context, 2,
			    (unsigned int)(address >> 32),
			    (unsigned int)address);
	}
	for (round = 0; round < turns_each; round++)
		for (carrier->turns = 0; carrier->turns < carrier->count;
		     carrier->turns++)
			swapcontext(&carrier->scheduler,
				    &carrier->contexts[carrier->turns]);
	return NULL;
}

static void start_carrier(struct carrier *carrier, long count)
{
	carrier->count = count;
	carrier->contexts = calloc(count, sizeof(*carrier->contexts));
	carrier->stacks = calloc(count, STACK_SIZE);
	if (!carrier->contexts || !carrier->stacks)
		die("memory for %ld contexts", count);
	errno = pthread_create(&carrier->thread, NULL, carry, carrier);
	if (errno)
		die("pthread_create");
}

int verb_contexts(int argc, char **argv)
{
	long contexts = 1000, threads = 4, i, switches = 0;
	const struct number options[] = {
		{ "contexts", &contexts, 1, 100000 },
		{ "threads", &threads, 1, 64 },
		{ NULL },
	};
	struct carrier carriers[64] = { 0 };

	take_numbers(argc, argv, options, 0);
	for (i = 0; i < threads; i++)
		start_carrier(&carriers[i],
			      contexts / threads + (i < contexts % threads));
	for (i = 0; i < threads; i++) {
		pthread_join(carriers[i].thread, NULL);
		switches += carriers[i].switches;
	}
	if (switches != contexts * turns_each) {
		errno = ECANCELED;
		die("%ld switches, wanted %ld", switches,
		    contexts * turns_each);
	}
	say("what=contexts pid=%d contexts=%ld switches=%ld clones=%ld",
	    current_tid(), contexts, switches, threads);
	return 0;
}
