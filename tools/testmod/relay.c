// SPDX-License-Identifier: GPL-2.0-only
/*
 * relay.c - a user task and kernel threads that take turns on one CPU
 *
 * Write "CPU THREADS ROUNDS" from a task that is pinned to that CPU. In each
 * round the writer wakes the first thread and waits; each thread wakes the next
 * and sleeps; the last wakes the writer. All threads have one real-time
 * priority: a waking one does not preempt, and the writer runs only when all
 * of them sleep. So every round is: user to thread, thread to thread, ...,
 * thread to user.
 *
 * The scheduler's own counts say how often each thread was switched in.
 */
#include "mmscope_test.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/smp.h>

#define MOST 16

struct runner {
	struct task_struct *task;
	bool turn;
	struct runner *next;
	unsigned long switches;
	int pid;
};

static struct runner runners[MOST];
static unsigned int cpu, count, rounds;
static u64 begin_ns, end_ns;
static DECLARE_COMPLETION(done);

static bool wait_turn(struct runner *self)
{
	bool stop;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		stop = kthread_should_stop();
		if (stop || READ_ONCE(self->turn))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(self->turn, false);
	return !stop;
}

static void give_turn(struct runner *to)
{
	WRITE_ONCE(to->turn, true);
	wake_up_process(to->task);
}

static int run(void *argument)
{
	struct runner *self = argument;

	while (wait_turn(self)) {
		if (self->next)
			give_turn(self->next);
		else
			complete(&done);
	}
	return 0;
}

static int start(struct runner *runner, struct runner *next)
{
	struct task_struct *task;

	task = kthread_create(run, runner, "mmscope_relay/%u",
			      (unsigned int)(runner - runners));
	if (IS_ERR(task))
		return PTR_ERR(task);
	runner->turn = false;
	runner->next = next;
	runner->task = task;
	runner->pid = task->pid;
	kthread_bind(task, cpu);
	sched_set_fifo(task);
	return 0;
}

static void relay_stop(void)
{
	unsigned int i;

	for (i = 0; i < MOST; i++) {
		if (runners[i].task)
			kthread_stop(runners[i].task);
		runners[i].task = NULL;
	}
}

static void one_round(void)
{
	give_turn(&runners[0]);
	wait_for_completion(&done);
}

/* Nobody of them runs now, so the sum of switches out is that of switches in. */
static void count_switches(unsigned long sign)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		runners[i].switches += sign * (runners[i].task->nvcsw +
					       runners[i].task->nivcsw);
}

static int relay_write(const char *text)
{
	unsigned int i;
	int error = 0;

	if (sscanf(text, "%u %u %u", &cpu, &count, &rounds) != 3)
		return -EINVAL;
	if (!count || count > MOST || !rounds || rounds > 1000000)
		return -ERANGE;
	if (current->nr_cpus_allowed != 1 || cpu != raw_smp_processor_id())
		return -EXDEV;
	memset(runners, 0, sizeof(runners));
	for (i = count; i-- && !error;)
		error = start(&runners[i], i + 1 < count ? &runners[i + 1] : NULL);
	if (!error) {
		/* Once for nothing: afterwards all have begun, and sleep. */
		one_round();
		count_switches(-1);
		begin_ns = ktime_get_ns();
		for (i = 0; i < rounds; i++)
			one_round();
		end_ns = ktime_get_ns();
		count_switches(1);
	}
	relay_stop();
	return error;
}

static void relay_show(struct seq_file *file)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		seq_printf(file,
			   "what=runner place=%u kthread=%d cpu=%u rounds=%u switched_in=%lu begin_ns=%llu end_ns=%llu\n",
			   i, runners[i].pid, cpu, rounds, runners[i].switches,
			   begin_ns, end_ns);
}

const struct test_file test_relay = {
	.name = "relay",
	.write = relay_write,
	.show = relay_show,
	.stop = relay_stop,
};
