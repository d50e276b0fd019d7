// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_watch.c - the file `watch`: each change that the hardware's watchpoints have
 * seen, and the sums
 */
#include <linux/kallsyms.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "base/loaded.h"
#include "base/recording.h"
#include "record/record_names.h"
#include "show/debugfs.h"
#include "watch/watch.h"
#include "watch/watch_hit.h"
#include "watch/watch_log.h"

static const char *const counter_names[] = {
	[MMSCOPE_USERS] = "users",
	[MMSCOPE_COUNT] = "count",
};

static const char *const state_names[] = {
	[MMSCOPE_WATCH_arming] = "arming",
	[MMSCOPE_WATCH_armed] = "armed",
	[MMSCOPE_WATCH_freed] = "freed",
	[MMSCOPE_WATCH_off] = "off",
};

/**
 * struct ledger - one reading of the file
 * @watch: whose; NULL: there has been none
 * @position: of the next change
 * @values: of the counters before it
 */
struct ledger {
	struct mmscope_watch *watch;
	u64 position;
	int values[MMSCOPE_COUNTERS];
};

static const struct mmscope_change *change_at(struct mmscope_watch *watch,
					      u64 position)
{
	const struct mmscope_change *change = &watch->changes[position];

	if (position >= MMSCOPE_WATCH_CHANGES ||
	    position >= atomic64_read(&watch->next))
		return NULL;
	/* Pairs with the release in mmscope_watch_log(). */
	return smp_load_acquire(&change->time) ? change : NULL;
}

static void ledger_rewind(struct ledger *ledger)
{
	ledger->position = 0;
	memcpy(ledger->values, ledger->watch->first, sizeof(ledger->values));
}

/* Takes the values past the change at the position. */
static void ledger_advance(struct ledger *ledger)
{
	const struct mmscope_change *change =
		&ledger->watch->changes[ledger->position++];

	ledger->values[change->counter] += change->delta;
}

static void show_time(struct seq_file *m, u64 ns)
{
	seq_printf(m, "%llu.%09llu", ns / NSEC_PER_SEC, ns % NSEC_PER_SEC);
}

static void nothing(void *unused)
{
}

/*
 * What the counters are now, with nothing under way between them and the sums: an
 * instruction and its trap are one as far as other interrupts go, so a CPU that
 * answers one has noted what it did before. False: they move too fast, or the mm
 * is gone.
 */
static bool look(struct mmscope_watch *watch, int *values, int *sums)
{
	enum mmscope_counter counter;
	unsigned int tries;
	s64 before;

	for (tries = 0; tries < 16; tries++) {
		before = atomic64_read(&watch->hits);
		for (counter = 0; counter < MMSCOPE_COUNTERS; counter++)
			if (copy_from_kernel_nofault(
				    &values[counter],
				    mmscope_counter_of(watch->mm, counter),
				    sizeof(int)))
				return false;
		on_each_cpu(nothing, NULL, 1);
		for (counter = 0; counter < MMSCOPE_COUNTERS; counter++)
			sums[counter] = watch->first[counter] +
					atomic_read(&watch->sums[counter]);
		if (READ_ONCE(watch->state) != MMSCOPE_WATCH_armed)
			return false;
		if (before == atomic64_read(&watch->hits))
			return true;
	}
	return false;
}

static void show_memory(struct seq_file *m, struct mmscope_watch *watch)
{
	int values[MMSCOPE_COUNTERS], sums[MMSCOPE_COUNTERS];

	if (READ_ONCE(watch->state) != MMSCOPE_WATCH_armed)
		return;
	if (!look(watch, values, sums))
		seq_puts(m, "# memory moves\n");
	else if (values[MMSCOPE_USERS] == sums[MMSCOPE_USERS] &&
		 values[MMSCOPE_COUNT] == sums[MMSCOPE_COUNT])
		seq_puts(m, "# memory agrees\n");
	else
		seq_printf(m, "# memory users %d count %d: not all was seen\n",
			   values[MMSCOPE_USERS], values[MMSCOPE_COUNT]);
}

static void show_end(struct seq_file *m, struct mmscope_watch *watch)
{
	/* Pairs with the release in mmscope_watch_end(). */
	u64 ended = smp_load_acquire(&watch->ended);

	if (!ended)
		return;
	seq_puts(m, "# ended ");
	show_time(m, ended);
	seq_printf(m, " by %d ", watch->ender);
	mmscope_comm_show(m, watch->ender_comm);
	seq_putc(m, '\n');
}

static void show_state(struct seq_file *m, struct mmscope_watch *watch)
{
	u64 id, next = atomic64_read(&watch->next);

	/* The table is given back when recording ends. */
	mutex_lock(&mmscope_mutex);
	id = mmscope_watch_id(watch);
	mutex_unlock(&mmscope_mutex);
	seq_printf(m, "# state %s pid %d mm ",
		   state_names[READ_ONCE(watch->state)], watch->pid);
	if (id)
		seq_printf(m, "%llu", id);
	else
		seq_putc(m, '-');
	seq_puts(m, " comm ");
	mmscope_comm_show(m, watch->comm);
	seq_puts(m, "\n# armed ");
	show_time(m, watch->armed);
	seq_printf(m, " users %d count %d\n", watch->first[MMSCOPE_USERS],
		   watch->first[MMSCOPE_COUNT]);
	show_end(m, watch);
	seq_printf(
		m,
		"# ledger users %d count %d changes %llu lost %llu unknown %lld\n",
		watch->first[MMSCOPE_USERS] +
			atomic_read(&watch->sums[MMSCOPE_USERS]),
		watch->first[MMSCOPE_COUNT] +
			atomic_read(&watch->sums[MMSCOPE_COUNT]),
		next,
		next > MMSCOPE_WATCH_CHANGES ? next - MMSCOPE_WATCH_CHANGES : 0,
		(s64)atomic64_read(&watch->unknown));
	show_memory(m, watch);
	if (!cpumask_empty(&watch->uncovered))
		seq_printf(
			m,
			"# not watched: CPU %*pbl, which came when no register was left there\n",
			cpumask_pr_args(&watch->uncovered));
}

static void show_head(struct seq_file *m, struct mmscope_watch *watch)
{
	const char *refusal = mmscope_watch_refusal();

	seq_puts(
		m,
		"#         time_s  cpu      pid  counter  delta   value  where                                             comm\n");
	if (refusal)
		seq_printf(m, "# not here: %s\n", refusal);
	else if (!watch)
		seq_puts(m, "# state off\n");
	else
		show_state(m, watch);
}

/* As a kprobe event would name it; an address that has no name stays here. */
static void where_of(unsigned long address, char *where, size_t size)
{
	char symbol[KSYM_SYMBOL_LEN], *module;

	sprint_symbol(symbol, address);
	if (!strncmp(symbol, "0x", 2)) {
		snprintf(where, size, "unknown");
		return;
	}
	/* symbol+offset/size [module] */
	module = strstr(symbol, " [");
	if (module) {
		*module = '\0';
		module += 2;
		module[strcspn(module, "]")] = '\0';
	}
	symbol[strcspn(symbol, "/")] = '\0';
	scnprintf(where, size, "%s%s%s", module ? module : "",
		  module ? ":" : "", symbol);
}

static void show_change(struct seq_file *m, const struct ledger *ledger,
			const struct mmscope_change *change)
{
	char where[KSYM_SYMBOL_LEN], delta[12];

	where_of(change->address, where, sizeof(where));
	if (change->known)
		snprintf(delta, sizeof(delta), "%+d", change->delta);
	else
		snprintf(delta, sizeof(delta), "?");
	seq_printf(m, "%6llu.%09llu %4u %8d  %-7s %6s %7d  %-48s  ",
		   change->time / NSEC_PER_SEC, change->time % NSEC_PER_SEC,
		   change->cpu, change->pid, counter_names[change->counter],
		   delta, ledger->values[change->counter] + change->delta,
		   where);
	mmscope_comm_show(m, change->comm);
	seq_putc(m, '\n');
}

/* Position 0 is the head; change n is at position n + 1. */
static void *watch_seq_start(struct seq_file *m, loff_t *position)
{
	struct ledger *ledger = m->private;

	if (!*position)
		return SEQ_START_TOKEN;
	if (!ledger->watch)
		return NULL;
	if (ledger->position > *position - 1)
		ledger_rewind(ledger);
	while (ledger->position < *position - 1 &&
	       change_at(ledger->watch, ledger->position))
		ledger_advance(ledger);
	return (void *)change_at(ledger->watch, *position - 1);
}

static void *watch_seq_next(struct seq_file *m, void *value, loff_t *position)
{
	struct ledger *ledger = m->private;

	++*position;
	if (!ledger->watch)
		return NULL;
	if (value == SEQ_START_TOKEN)
		ledger_rewind(ledger);
	else
		ledger_advance(ledger);
	return (void *)change_at(ledger->watch, ledger->position);
}

static void watch_seq_stop(struct seq_file *m, void *value)
{
}

static int watch_seq_show(struct seq_file *m, void *value)
{
	struct ledger *ledger = m->private;

	cond_resched();
	if (value == SEQ_START_TOKEN)
		show_head(m, ledger->watch);
	else
		show_change(m, ledger, value);
	return 0;
}

static const struct seq_operations watch_seq = {
	.start = watch_seq_start,
	.next = watch_seq_next,
	.stop = watch_seq_stop,
	.show = watch_seq_show,
};

static int watch_open(struct inode *inode, struct file *file)
{
	struct ledger *ledger;
	int err = mmscope_may_open();

	if (err)
		return err;
	ledger = __seq_open_private(file, &watch_seq, sizeof(*ledger));
	if (!ledger)
		return -ENOMEM;
	ledger->watch = mmscope_watch_current();
	if (ledger->watch)
		ledger_rewind(ledger);
	return 0;
}

static int watch_release(struct inode *inode, struct file *file)
{
	struct ledger *ledger =
		((struct seq_file *)file->private_data)->private;

	if (ledger->watch)
		mmscope_watch_put(ledger->watch);
	return seq_release_private(inode, file);
}

/* A pid or a word. */
#define WRITE_MAX 32

static ssize_t watch_write(struct file *file, const char __user *buffer,
			   size_t size, loff_t *position)
{
	char text[WRITE_MAX];
	int err;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	text[size] = '\0';
	/* A NUL inside would hide what comes after it. */
	if (strlen(text) != size)
		return -EINVAL;
	err = mmscope_watch_set(text);
	return err ? err : size;
}

const struct file_operations mmscope_watch_fops = {
	.owner = THIS_MODULE,
	.open = watch_open,
	.release = watch_release,
	.read = seq_read,
	.write = watch_write,
	.llseek = seq_lseek,
};
