#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Somebody switches kprobes off while recording goes on: the records that clones have
# not made then are counted as lost, by cause, and the next reader is told.

. "${0%/*}/common"

clones=50
enabled=/sys/kernel/debug/kprobes/enabled

trap 'echo 1 >$enabled; clean_up' EXIT

# Children that the workload says it made and that have a record of the type $1.
recorded()
{
	truth_of result what=clone >"$scratch/made"
	records 'type == wanted { print field(named) }' wanted="$1" named="$2" |
		grep -cxFf "$scratch/made"
}

for attach in auto kprobe; do
	load_with attach=$attach ring_kib=4096
	start_recording
	echo 0 >$enabled || give_up "write 0 to $enabled"
	mm-workload fork --count $clones >"$truth" || give_up "mm-workload fork"
	echo 1 >$enabled || give_up "write 1 to $enabled"
	stop_recording
	take_events
	made=$(truth_of result what=clone | grep -c .)
	equal "disarmed: attach=$attach: so many clones were made" $clones "$made" "$truth"
	equal "disarmed: attach=$attach: none has a fork_end" 0 \
		"$(recorded fork_end result)" "$events"
	# The shell's own clone of the workload is among them, and its begin may be.
	kinds=1
	[ "$(awk '$1 == "do_fork" { print $4 }' "$debugfs/probes")" = ftrace ] || kinds=2
	[ "$(difference entry)" = ftrace ] && [ $attach = auto ] || kinds=2
	within "disarmed: attach=$attach: what is missing is counted" \
		$((kinds * made)) $((kinds * (made + 20))) \
		"$(stat_of lost_probe_disarmed)" "$debugfs/stats"
	equal "disarmed: attach=$attach: and said among the records" \
		"$(stat_of lost_probe_disarmed)" "$(records '
		type == "lost" && how == "probe_disarmed" { n += field("records") }
		END { print n + 0 }')" "$events"
	unload
done
