#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Dead and still pinned: by an open /proc/PID/mem, and by a mmgrab() inside the
# kernel. mms shows such an mm first, and mm_free says who let go.

. "${0%/*}/common"

# One whose count is 0 is pinned by nobody: where PREEMPT_RT leaves the freeing to RCU,
# it is there for a moment longer.
first_row()
{
	awk '!/^#/ && $4 > 0 { print $1, $2, $3, $4, $6, $11; exit }' "$scratch/mms"
}

# Borrowers let go once every CPU has run a user task.
visit_all_cpus()
{
	cpu=0
	while [ $cpu -lt "$(cpus)" ]; do
		mm-workload --cpu $cpu nothing
		cpu=$((cpu + 1))
	done
}

load
load_helper
start_recording
hold pin
visit_all_cpus
cat "$debugfs/mms" >"$scratch/mms"
release
stop_recording
take_events
victim=$(truth_of pid what=pinned)
mm=$(mm_of "$victim")
equal "pinned: by /proc/PID/mem: first in mms" "$mm dead 0 1 1 $victim" \
	"$(first_row)" "$scratch/mms"
equal "pinned: by /proc/PID/mem: freed by the holder" \
	"other $(truth_of holder what=pinned)" "$(records '
	type == "mm_free" && mm == wanted { print how, field("dropper") }' \
	wanted="$mm")" "$events"
# It died a moment before the holder saw that, and was freed before it went on.
within "pinned: by /proc/PID/mem: dead for as long as it was held" \
	$(($(truth_of at_ns what=releasing) - $(truth_of since_ns what=pinned))) \
	$(($(truth_of at_ns what=released) - $(truth_of since_ns what=pinned) + \
		1000000000)) "$(records '
	type == "mm_free" && mm == wanted { print field("dead_ns") }' \
	wanted="$mm")" "$truth"

start_recording
hold threads 1
victim=$(truth_of pid ready=1)
echo "$victim" >"$helper/grab" || give_up "grab $victim"
release
visit_all_cpus
cat "$debugfs/mms" >"$scratch/mms"
# This shell writes, so it is this shell that drops.
echo off >"$helper/grab"
stop_recording
take_events
mm=$(mm_of "$victim")
equal "pinned: by mmgrab: first in mms" "$mm dead 0 1 1 $victim" \
	"$(first_row)" "$scratch/mms"
equal "pinned: by mmgrab: freed by whoever dropped it" "other $$" "$(records '
	type == "mm_free" && mm == wanted { print how, field("dropper") }' \
	wanted="$mm")" "$events"
