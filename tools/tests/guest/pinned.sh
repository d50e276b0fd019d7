#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Dead and still pinned: by an open /proc/PID/mem, and by a mmgrab() inside the
# kernel. mms shows such an mm first, and mm_free says who let go.

. "${0%/*}/common"

# row_of PID: its row of mms, as far as that is known, if no living one is before it.
# Others that are dead may be: where PREEMPT_RT leaves the freeing to RCU, or another CPU
# still has one on loan.
row_of()
{
	awk -v pid="$1" '
	/^#/ { next }
	$2 != "dead" { exit }
	$11 == pid { print $1, $2, $3, $4, $6, $11; exit }' "$scratch/mms"
}

# has_row PID: it is pinned once, when all that had it on loan have let go.
has_row()
{
	visit_all_cpus
	cat "$debugfs/mms" >"$scratch/mms"
	row_of "$1" | grep -q " dead 0 1 1 $1\$"
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
victim=$(truth_of pid what=pinned)
wait_until 10 has_row "$victim"
release
stop_recording
take_events
mm=$(mm_of "$victim")
equal "pinned: by /proc/PID/mem: among the first in mms" "$mm dead 0 1 1 $victim" \
	"$(row_of "$victim")" "$scratch/mms"
equal "pinned: by /proc/PID/mem: freed by the holder" \
	"other $(truth_of holder what=pinned)" "$(records '
	type == "mm_free" && mm == wanted { print how, field("dropper") }' \
	wanted="$mm")" "$events"
# It died after it was asked to and before the holder saw that, and was freed before the
# holder went on.
within "pinned: by /proc/PID/mem: dead for as long as it was held" \
	$(($(truth_of at_ns what=releasing) - $(truth_of since_ns what=pinned))) \
	$(($(truth_of at_ns what=released) - $(truth_of asked_ns what=pinned))) \
	"$(records '
	type == "mm_free" && mm == wanted { print field("dead_ns") }' \
	wanted="$mm")" "$truth"

start_recording
hold threads 1
victim=$(truth_of pid ready=1)
echo "$victim" >"$helper/grab" || give_up "grab $victim"
release
wait_until 10 has_row "$victim"
# This shell writes, so it is this shell that drops.
echo off >"$helper/grab"
stop_recording
take_events
mm=$(mm_of "$victim")
equal "pinned: by mmgrab: among the first in mms" "$mm dead 0 1 1 $victim" \
	"$(row_of "$victim")" "$scratch/mms"
equal "pinned: by mmgrab: freed by whoever dropped it" "other $$" "$(records '
	type == "mm_free" && mm == wanted { print how, field("dropper") }' \
	wanted="$mm")" "$events"
