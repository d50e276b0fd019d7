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

load_with ring_kib=4096
start_recording
# A clone lacks what a kprobe would have seen: its end, and its begin where that is one.
lacks=1
[ "$(awk '$1 == "do_fork" { print $4 }' "$debugfs/probes")" = ftrace ] || lacks=2
echo 0 >$enabled || give_up "write 0 to $enabled"
mm-workload fork --count $clones >"$truth" || give_up "mm-workload fork"
equal "disarmed: probes says it" disarmed \
	"$(awk '$1 == "copy_process" { print $4 }' "$debugfs/probes")" "$debugfs/probes"
echo 1 >$enabled || give_up "write 1 to $enabled"
stop_recording
take_events
made=$(truth_of result what=clone | grep -c .)
equal "disarmed: so many clones were made" $clones "$made" "$truth"
equal "disarmed: none of them has a fork_end" 0 "$(recorded fork_end result)" "$events"
equal "disarmed: each has its copy_mm all the same" $clones \
	"$(recorded copy_mm child)" "$events"
# The shell's own clones meanwhile are among them.
within "disarmed: what is missing is counted" $((lacks * made)) \
	$((lacks * (made + 20))) "$(stat_of lost_probe_disarmed)" "$debugfs/stats"
equal "disarmed: and said among the records" "$(stat_of lost_probe_disarmed)" \
	"$(records '
	type == "lost" && how == "probe_disarmed" { n += field("records") }
	END { print n + 0 }')" "$events"
unload
