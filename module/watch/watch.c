// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch.c - arm and disarm hardware watchpoints on the counters of one mm
 *
 * A watch takes no reference of its own: it would be in its own ledger, and keep
 * the mm from ever being freed. Instead a probe on __mmdrop() is there before the mm
 * is looked up, and from then on the mm is followed only while that has not hit.
 *
 * The watchpoints are perf events of each CPU, made and released by the hotplug
 * machinery, which knows all CPUs that come and go. Making and releasing them
 * sleeps, so the end of an mm, seen in any context, is handed to a work item.
 *
 * Locks: mmscope_mutex for which watch is the current one; inside it the hotplug
 * lock, taken by the kernel's own functions. The work item takes neither of ours.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/err.h>
#include <linux/mm_types.h>
#include <linux/perf_event.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>
#include <linux/string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/recording.h"
#include "table/mm_table.h"
#include "watch/watch.h"
#include "watch/watch_hit.h"
#include "watch/watch_log.h"

static struct mmscope_watch *current_watch;
/* The hotplug state; 0: none yet. */
static int hotplug_state;

/* ---- the end ---- */

/* __mmdrop(mm): nobody has the mm any more, and it is about to be freed. */
static int at_free(struct kprobe *probe, struct pt_regs *regs)
{
	struct mmscope_watch *watch =
		container_of(probe, struct mmscope_watch, at_free);

	if (regs_get_kernel_argument(regs, 0) ==
	    (unsigned long)READ_ONCE(watch->mm))
		mmscope_watch_end(watch, MMSCOPE_WATCH_freed);
	return 0;
}
NOKPROBE_SYMBOL(at_free);

/*
 * Called for each way a watch can end, and harmless after the first time. No
 * handler runs, or will run, when it returns.
 */
static void watch_detach(struct mmscope_watch *watch)
{
	mutex_lock(&watch->attaching);
	if (watch->attached.cpus)
		cpuhp_state_remove_instance(hotplug_state, &watch->node);
	if (watch->attached.hit)
		mmscope_watch_hits_detach(watch);
	if (watch->attached.free)
		unregister_kprobe(&watch->at_free);
	memset(&watch->attached, 0, sizeof(watch->attached));
	mutex_unlock(&watch->attaching);
}

static void watch_work(struct work_struct *work)
{
	watch_detach(container_of(work, struct mmscope_watch, work));
}

static void watch_irq_work(struct irq_work *irq_work)
{
	schedule_work(
		&container_of(irq_work, struct mmscope_watch, irq_work)->work);
}

/* ---- CPUs come and go ---- */

static void events_release(struct mmscope_watch_cpu *mine)
{
	enum mmscope_counter counter;

	for (counter = 0; counter < MMSCOPE_COUNTERS; counter++) {
		if (mine->events[counter])
			perf_event_release_kernel(mine->events[counter]);
		mine->events[counter] = NULL;
	}
}

static int events_create(struct mmscope_watch *watch, unsigned int cpu)
{
	struct mmscope_watch_cpu *mine = per_cpu_ptr(watch->cpus, cpu);
	enum mmscope_counter counter;
	struct perf_event *event;

	for (counter = 0; counter < MMSCOPE_COUNTERS; counter++) {
		event = mmscope_watch_event_create(watch, counter, cpu);
		if (IS_ERR(event)) {
			events_release(mine);
			return PTR_ERR(event);
		}
		mine->events[counter] = event;
	}
	return 0;
}

/*
 * A CPU that comes while a watch is armed must not be kept from coming, whatever
 * is the matter with its registers.
 */
static int cpu_comes(unsigned int cpu, struct hlist_node *node)
{
	struct mmscope_watch *watch =
		hlist_entry(node, struct mmscope_watch, node);
	int state = READ_ONCE(watch->state), err;

	if (state > MMSCOPE_WATCH_armed)
		return 0;
	err = events_create(watch, cpu);
	if (state == MMSCOPE_WATCH_arming)
		return err;
	if (err)
		cpumask_set_cpu(cpu, &watch->uncovered);
	return 0;
}

static int cpu_goes(unsigned int cpu, struct hlist_node *node)
{
	struct mmscope_watch *watch =
		hlist_entry(node, struct mmscope_watch, node);

	events_release(per_cpu_ptr(watch->cpus, cpu));
	cpumask_clear_cpu(cpu, &watch->uncovered);
	return 0;
}

/* ---- a watch as an object ---- */

static void watch_free(struct mmscope_watch *watch)
{
	watch_detach(watch);
	/* Nobody is left who would queue them. */
	irq_work_sync(&watch->irq_work);
	cancel_work_sync(&watch->work);
	free_percpu(watch->cpus);
	mmscope_watch_log_free(watch);
	kfree(watch);
}

/**
 * mmscope_watch_put() - done with looking at a watch
 * @watch: the watch
 *
 * Context: may sleep.
 */
void mmscope_watch_put(struct mmscope_watch *watch)
{
	if (refcount_dec_and_test(&watch->references))
		watch_free(watch);
}

/**
 * mmscope_watch_current() - the watch that is armed, or was last
 *
 * Context: may sleep.
 * Return: the watch, to be given to mmscope_watch_put(), or NULL.
 */
struct mmscope_watch *mmscope_watch_current(void)
{
	struct mmscope_watch *watch;

	mutex_lock(&mmscope_mutex);
	watch = current_watch;
	if (watch)
		refcount_inc(&watch->references);
	mutex_unlock(&mmscope_mutex);
	return watch;
}

/**
 * mmscope_watch_id() - which mm it is
 * @watch: the watch
 *
 * The table knows an mm only while recording, and is given back afterwards.
 *
 * Context: under mmscope_mutex.
 * Return: the id; 0: it is not known yet, or never was.
 */
u64 mmscope_watch_id(struct mmscope_watch *watch)
{
	u64 id;

	if (watch->id || !mmscope_is_recording())
		return watch->id;
	id = mmscope_mm_id(mmscope_mm_find(watch->mm));
	/* If it is still there now, it was its id. */
	smp_rmb();
	if (READ_ONCE(watch->state) == MMSCOPE_WATCH_armed)
		watch->id = id;
	return watch->id;
}

static struct mmscope_watch *watch_alloc(void)
{
	struct mmscope_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);

	if (!watch)
		return NULL;
	refcount_set(&watch->references, 1);
	mutex_init(&watch->attaching);
	init_irq_work(&watch->irq_work, watch_irq_work);
	INIT_WORK(&watch->work, watch_work);
	watch->cpus = alloc_percpu_gfp(struct mmscope_watch_cpu, MMSCOPE_GFP);
	if (!watch->cpus || mmscope_watch_log_alloc(watch)) {
		watch_free(watch);
		return NULL;
	}
	return watch;
}

/* ---- arm ---- */

/*
 * The mm cannot be freed while the task is locked. Afterwards it can, but not
 * without at_free() having been told of it.
 */
static int find_mm(struct mmscope_watch *watch, pid_t pid)
{
	struct task_struct *task;
	int err = -ESRCH;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (!task)
		return -ESRCH;
	task_lock(task);
	if (task->flags & PF_KTHREAD) {
		err = -EINVAL;
	} else if (task->mm) {
		WRITE_ONCE(watch->mm, task->mm);
		watch->pid = task->tgid;
		memcpy(watch->comm, task->group_leader->comm,
		       sizeof(watch->comm));
		watch->comm[sizeof(watch->comm) - 1] = '\0';
		err = 0;
	}
	task_unlock(task);
	put_task_struct(task);
	return err;
}

/*
 * On one CPU while all others stand still, at the end of some instruction and of
 * its trap: what the counters are now and what is noted from now on fit together
 * without a gap.
 */
static int take_baseline(void *data)
{
	struct mmscope_watch *watch = data;

	if (watch->state != MMSCOPE_WATCH_arming)
		return -EAGAIN;
	watch->first[MMSCOPE_USERS] = atomic_read(&watch->mm->mm_users);
	watch->first[MMSCOPE_COUNT] = atomic_read(&watch->mm->mm_count);
	watch->armed = mmscope_now();
	watch->state = MMSCOPE_WATCH_armed;
	return 0;
}

static int watch_attach_locked(struct mmscope_watch *watch, pid_t pid)
{
	int err;

	watch->at_free.symbol_name = "__mmdrop";
	watch->at_free.pre_handler = at_free;
	err = register_kprobe(&watch->at_free);
	if (err)
		return err;
	watch->attached.free = true;
	err = find_mm(watch, pid);
	if (err)
		return err;
	err = mmscope_watch_hits_attach(watch);
	if (err)
		return err;
	watch->attached.hit = true;
	err = cpuhp_state_add_instance(hotplug_state, &watch->node);
	if (err)
		return err;
	watch->attached.cpus = true;
	return stop_machine(take_baseline, watch, NULL);
}

/* If the mm is freed meanwhile, the work item waits for what it has to take away. */
static int watch_attach(struct mmscope_watch *watch, pid_t pid)
{
	int err;

	mutex_lock(&watch->attaching);
	err = watch_attach_locked(watch, pid);
	mutex_unlock(&watch->attaching);
	return err;
}

static int need_hotplug_state(void)
{
	int state;

	if (hotplug_state)
		return 0;
	state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "mmscope:watch",
					cpu_comes, cpu_goes);
	if (state < 0)
		return state;
	hotplug_state = state;
	return 0;
}

static struct mmscope_watch *watch_new(pid_t pid)
{
	struct mmscope_watch *watch = watch_alloc();
	int err;

	if (!watch)
		return ERR_PTR(-ENOMEM);
	err = watch_attach(watch, pid);
	if (!err)
		return watch;
	mmscope_watch_put(watch);
	return ERR_PTR(err);
}

/* How often a process may exec while it is being armed. */
#define TRIES 8

/* The one before goes only when this one is there. */
static int watch_arm(pid_t pid)
{
	struct mmscope_watch *watch;
	unsigned int tries;
	int err;

	if (mmscope_watch_refusal())
		return -EOPNOTSUPP;
	err = need_hotplug_state();
	if (err)
		return err;
	/* An mm that is freed meanwhile: is there another, or is the process gone? */
	for (tries = 0; tries < TRIES; tries++) {
		watch = watch_new(pid);
		if (watch != ERR_PTR(-EAGAIN))
			break;
	}
	if (IS_ERR(watch))
		return PTR_ERR(watch);
	mmscope_watch_id(watch);
	swap(watch, current_watch);
	if (watch) {
		mmscope_watch_end(watch, MMSCOPE_WATCH_off);
		watch_detach(watch);
		mmscope_watch_put(watch);
	}
	return 0;
}

/* The log stays. */
static void watch_disarm(void)
{
	if (!current_watch)
		return;
	mmscope_watch_end(current_watch, MMSCOPE_WATCH_off);
	watch_detach(current_watch);
}

/**
 * mmscope_watch_bytes() - memory that the log takes
 *
 * Context: under mmscope_mutex.
 */
size_t mmscope_watch_bytes(void)
{
	return current_watch ?
		       MMSCOPE_WATCH_CHANGES * sizeof(*current_watch->changes) :
		       0;
}

/**
 * mmscope_watch_set() - what was written to the file `watch`
 * @text: a pid, or `off`
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: neither, or a kernel thread, which has no mm; -ESRCH: no
 * such process, or it has no mm any more; -ENOSPC: on some CPU not two debug
 * registers are left; -EAGAIN: it execs faster than it can be armed; -EOPNOTSUPP:
 * mmscope_watch_refusal() says why. Then nothing has changed.
 */
int mmscope_watch_set(char *text)
{
	char *word = strim(text);
	pid_t pid = 0;
	int err = 0;

	if (strcmp(word, "off") && (kstrtoint(word, 10, &pid) || pid <= 0))
		return -EINVAL;
	mutex_lock(&mmscope_mutex);
	if (pid)
		err = watch_arm(pid);
	else
		watch_disarm();
	mutex_unlock(&mmscope_mutex);
	return err;
}

/**
 * mmscope_watch_exit() - give everything back
 *
 * Context: may sleep; nobody has the file open.
 */
void mmscope_watch_exit(void)
{
	if (current_watch) {
		mmscope_watch_end(current_watch, MMSCOPE_WATCH_off);
		mmscope_watch_put(current_watch);
	}
	if (hotplug_state)
		cpuhp_remove_multi_state(hotplug_state);
}
