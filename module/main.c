// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - parameters, load and unload
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/log2.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/threads.h>

#include "attach/attach.h"
#include "base/recording.h"
#include "base/symbols.h"
#include "control/control.h"
#include "points/lifetime.h"
#include "points/points.h"
#include "record/ring.h"
#include "record/slow_path.h"
#include "show/debugfs.h"
#include "table/filter.h"
#include "watch/watch.h"

static bool enable;
module_param(enable, bool, 0444);
MODULE_PARM_DESC(enable, "record from the moment of loading (0)");

static unsigned int ring_kib;
module_param(ring_kib, uint, 0444);
MODULE_PARM_DESC(
	ring_kib,
	"KiB of each CPU's ring, 16 to 1048576, rounded up to a power of two; 0: by the sizes of memory and machine (0)");

static bool overwrite = true;
module_param(overwrite, bool, 0444);
MODULE_PARM_DESC(
	overwrite,
	"a full ring loses its oldest records (1) or its newest (0) (1)");

static unsigned int max_mms;
module_param(max_mms, uint, 0444);
MODULE_PARM_DESC(
	max_mms,
	"address spaces known at once, 64 to 4194304; 0: by the size of memory (0)");

static unsigned int max_clones = 4096;
module_param(max_clones, uint, 0444);
MODULE_PARM_DESC(max_clones,
		 "clones inside copy_process at once, 16 to 65536 (4096)");

static char *attach = "auto";
module_param(attach, charp, 0444);
MODULE_PARM_DESC(
	attach,
	"auto: the cheapest way to each point; kprobe: kprobes wherever there is one (auto)");

static char *without = "";
module_param(without, charp, 0444);
MODULE_PARM_DESC(
	without,
	"points to leave out, by their names in probes, with commas ()");

static int check_range(const char *name, unsigned int value, unsigned int min,
		       unsigned int max)
{
	if (value >= min && value <= max)
		return 0;
	pr_err("parameter %s=%u is out of range: %u to %u\n", name, value, min,
	       max);
	return -EINVAL;
}

static int check_parameters(void)
{
	int err = 0;

	if (ring_kib)
		err = check_range("ring_kib", ring_kib, 16, 1048576);
	if (!err && max_mms)
		err = check_range("max_mms", max_mms, 64, PID_MAX_LIMIT);
	if (!err)
		err = check_range("max_clones", max_clones, 16, 65536);
	if (!err && strcmp(attach, "auto") && strcmp(attach, "kprobe")) {
		pr_err("parameter attach=%s is neither auto nor kprobe\n",
		       attach);
		err = -EINVAL;
	}
	return err;
}

static int find_points(void)
{
	int err = mmscope_points_resolve(mmscope_wanted,
					 !strcmp(attach, "kprobe"), without);

	mmscope_find_droppers();
	mmscope_symbols_forget();
	if (err == -EINVAL)
		pr_err("parameter without=%s names something that is not a point; they are do_fork, copy_process, copy_mm, dup_mm, new_task, mm_birth, exec_release, exec_mm, exit_mm, mm_dead, mm_free, context_switch, cpu_offline, use_mm, unuse_mm, task_rename\n",
		       without);
	else if (err == -ENOMEM)
		pr_err("no memory to look up the kernel's functions\n");
	else if (err)
		pr_err("this kernel has none of the functions and tracepoints that would show how address spaces are made, shared or borrowed; is CONFIG_KPROBES switched off at run time?\n");
	return err;
}

static int start_at_load(void)
{
	int err;

	if (!enable)
		return 0;
	mutex_lock(&mmscope_mutex);
	err = mmscope_start();
	mutex_unlock(&mmscope_mutex);
	if (err == -ENOMEM)
		pr_err("no memory for rings of %lu KiB for each CPU; try a smaller ring_kib\n",
		       mmscope_settings.ring_bytes >> 10);
	else if (err)
		pr_err("cannot attach to a single point; see the lines above\n");
	return err;
}

/* No file is open, and none can be opened any more. */
static void give_back(void)
{
	mmscope_watch_exit();
	mutex_lock(&mmscope_mutex);
	mmscope_stop();
	mmscope_release_memory();
	mutex_unlock(&mmscope_mutex);
	mmscope_filter_free();
}

static int __init mmscope_init(void)
{
	int err;

	/* The same facts are held back from kprobes and debugfs then. */
	if (security_locked_down(LOCKDOWN_KPROBES) ||
	    security_locked_down(LOCKDOWN_DEBUGFS)) {
		pr_err("not loaded: the kernel is under lockdown (/sys/kernel/security/lockdown)\n");
		return -EPERM;
	}
	err = check_parameters();
	if (!err)
		err = find_points();
	if (err)
		return err;
	mmscope_rings_init();
	mmscope_overwrite = overwrite;
	if (!overwrite)
		mmscope_slow_path_enable();
	mmscope_settings.ring_bytes =
		ring_kib ? roundup_pow_of_two((u64)ring_kib << 10) :
			   mmscope_rings_default();
	mmscope_settings.max_mms = max_mms;
	mmscope_settings.max_clones = max_clones;
	err = start_at_load();
	/* The last thing that can fail: nobody has seen anything of the module before. */
	if (!err)
		err = mmscope_debugfs_create();
	if (err)
		give_back();
	return err;
}

static void __exit mmscope_exit(void)
{
	mmscope_debugfs_remove();
	give_back();
}

module_init(mmscope_init);
module_exit(mmscope_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION(
	"Every address space: how fork made it, who uses, pins and borrows it");
MODULE_VERSION(MMSCOPE_VERSION);
