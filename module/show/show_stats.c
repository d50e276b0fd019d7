// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_stats.c - the file `stats`
 */
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "base/recording.h"
#include "control/control.h"
#include "emit/emit.h"
#include "points/scan.h"
#include "record/losses.h"
#include "record/record_names.h"
#include "record/ring.h"
#include "show/text.h"

static void stat(struct seq_file *m, const char *name, u64 value)
{
	seq_printf(m, "%-32s %llu\n", name, value);
}

static void losses_show(struct seq_file *m, const u64 lost[MMSCOPE_HOW_END])
{
	unsigned int why;
	char name[32];
	u64 all = 0;

	for (why = MMSCOPE_HOW_overwritten; why < MMSCOPE_HOW_END; why++) {
		if (why > MMSCOPE_HOW_mm_table_full &&
		    why < MMSCOPE_HOW_probe_disarmed)
			continue;
		snprintf(name, sizeof(name), "lost_%s", mmscope_how_label(why));
		stat(m, name, lost[why]);
		all += lost[why];
	}
	stat(m, "lost", all);
}

static void stats_row(struct seq_file *m, void *seen, unsigned long n)
{
	struct mmscope_emit_costs costs;
	struct mmscope_ring *ring;
	u64 lost[MMSCOPE_HOW_END], written = 0;
	int cpu;

	mmscope_losses_sum(lost);
	mmscope_emit_costs(&costs);
	for_each_possible_cpu(cpu) {
		ring = mmscope_ring_of(cpu);
		if (!ring)
			continue;
		written += mmscope_ring_written(ring);
		lost[MMSCOPE_HOW_overwritten] += mmscope_ring_lost(ring);
	}
	seq_printf(m, "%-32s %s\n", "# name", "value");
	stat(m, "abi", MMSCOPE_ABI_VERSION);
	stat(m, "recording", mmscope_is_recording());
	stat(m, "session_ns", mmscope_session());
	stat(m, "overwrite", mmscope_overwrite);
	stat(m, "records_written", written);
	losses_show(m, lost);
	stat(m, "ring_bytes_per_cpu", mmscope_settings.ring_bytes);
	stat(m, "ring_bytes_total", mmscope_rings_bytes());
	stat(m, "unannounced_mms", mmscope_scan_unsaid());
	stat(m, "sights_of_mms_without_room", mmscope_mm_roomless_sights());
	stat(m, "memory_bytes", mmscope_memory_bytes());
	stat(m, "static_percpu_bytes",
	     mmscope_static_percpu_bytes(THIS_MODULE));
	stat(m, "record_cost_samples", costs.records);
	stat(m, "record_cost_mean_ns",
	     costs.records ? div64_u64(costs.ns, costs.records) : 0);
	stat(m, "record_cost_max_ns", costs.max_ns);
}

const struct mmscope_text mmscope_stats_text = {
	.name = "stats",
	.mode = 0400,
	.row = stats_row,
};
