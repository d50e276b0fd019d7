#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every mm that is born dies and is freed, once each and in this order; those
# that are not freed are the rows of `mms`; and no id is given twice.

. "${0%/*}/common"

load_with ring_kib=8192 "${MMSCOPE_PARAMETER:-enable=0}"
start_recording
mm-workload storm --clones "$(rounds 1500 500)" >"$truth" || give_up "the storm"
cat "$debugfs/mms" >"$scratch/mms"
stop_recording
take_events

equal "lifecycle: nothing lost" 0 "$(count_records 'type == "lost"')"
born=$(count_records 'type == "mm_birth" && how == "dup"')
within "lifecycle: as many births as forks" \
	"$(truth_of ok what=kind kind=fork)" \
	$(($(truth_of ok what=kind kind=fork) + 20)) "$born" "$truth"

# A time that a record carries was taken a moment before the record was: the
# two may differ by as long as the emulated CPU can be kept from running.
records '
function wrong(what) { print mm ": " what ": " line }
function differ(one, other) { return one - other > 1e9 || other - one > 1e9 }
type == "mm_birth" {
	if (mm in birth && how != "found")
		wrong("born twice")
	if (how == "found") {
		found[mm] = 1
		if (field("users") == 0)
			dead[mm] = ns
	}
	birth[mm] = ns
}
# Before what was there is announced, handlers may speak of it already.
mm > 0 && !(mm in birth) && !(mm in early) { early[mm] = line }
type == "mm_dead" {
	if (mm in dead)
		wrong("dead twice")
	if (field("users") != 0 || field("count") < 1)
		wrong("dead with users or without count")
	if (!(mm in found) && differ(field("alive_ns"), ns - birth[mm]))
		wrong("alive for " ns - birth[mm] " ns")
	dead[mm] = ns
	lived[mm] = field("alive_ns")
}
type == "mm_free" {
	if (!(mm in dead))
		wrong("freed, never dead")
	if (mm in freed)
		wrong("freed twice")
	if (!(mm in found) && differ(field("dead_ns"), ns - dead[mm]))
		wrong("dead for " ns - dead[mm] " ns")
	if (mm in lived && field("alive_ns") != lived[mm] + field("dead_ns"))
		wrong("not alive for " lived[mm] " ns and dead since")
	freed[mm] = ns
}
END {
	for (mm in early)
		if (!(mm in birth))
			print mm ": no mm_birth, neither before nor after: " early[mm]
}' >"$scratch/wrong"
empty "lifecycle: birth, death, free" "$scratch/wrong"

# What was born or freed after the storm may be in mms or not, as it came.
records '
BEGIN {
	while ((getline row <mms) > 0)
		if (row !~ /^#/) {
			split(row, cell, " ")
			shown[cell[1]] = 1
		}
}
type == "mm_birth" { birth[mm] = ns }
type == "mm_free" { freed[mm] = ns }
END {
	for (mm in shown)
		if (!(mm in birth) || mm in freed && freed[mm] < storm_end)
			print mm ": shown in mms, but not there any more"
	for (mm in birth)
		if (birth[mm] < storm_end && !(mm in freed) && !(mm in shown))
			print mm ": not shown in mms, but still there"
}' mms="$scratch/mms" storm_end="$(truth_of end_outer_ns what=storm)" \
	>"$scratch/differs"
empty "lifecycle: mms shows those that were not freed" "$scratch/differs"

# Recording anew finds what is there again: same mm, or a new id, never one
# that was another's.
highest=$(awk '!/^#/ && $1 > n { n = $1 } END { print n + 0 }' "$scratch/mms")
record mm-workload fork
fresh=$(records 'type == "copy_mm" && field("child") == wanted {
	print field("new_mm") }' wanted="$(truth_of result what=clone)")
within "lifecycle: ids go on upwards when recording begins anew" \
	$((highest + 1)) 1000000000 "$fresh" "$scratch/mms"
