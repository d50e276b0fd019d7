#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every mm that is born dies and is freed, once each and in this order; those
# that are not freed are the rows of `mms`; and no id is given twice.

. "${0%/*}/common"

load_with ring_kib=8192
record mm-workload storm --clones 1500
cat "$debugfs/mms" >"$scratch/mms"

equal "lifecycle: nothing lost" 0 "$(count_records 'type == "lost"')"
born=$(count_records 'type == "mm_birth" && how == "dup"')
within "lifecycle: as many births as forks" \
	"$(truth_of ok what=kind kind=fork)" \
	$(($(truth_of ok what=kind kind=fork) + 20)) "$born" "$truth"

records '
function wrong(what) { print mm ": " what " at " ns }
type == "mm_birth" {
	if (mm in birth)
		wrong("born twice")
	if (how == "found")
		found[mm] = 1
	birth[mm] = ns
}
type == "mm_dead" {
	if (!(mm in birth))
		wrong("dead, never born")
	if (mm in dead)
		wrong("dead twice")
	if (field("users") != 0)
		wrong("dead with users " field("users"))
	if (field("count") < 1)
		wrong("dead with count " field("count"))
	if (!(mm in found) && (ns < birth[mm] || field("alive_ns") > ns - birth[mm]))
		wrong("dead before it was " field("alive_ns") " ns old")
	dead[mm] = ns
}
type == "mm_free" {
	if (!(mm in dead))
		wrong("freed, never dead")
	if (mm in freed)
		wrong("freed twice")
	if (ns < dead[mm] || field("dead_ns") > ns - dead[mm])
		wrong("freed before it was dead")
	freed[mm] = ns
}' >"$scratch/wrong"
empty "lifecycle: birth, death, free" "$scratch/wrong"

records '
type == "mm_birth" { there[mm] = 1 }
type == "mm_free" { delete there[mm] }
END { for (mm in there) print mm }' | sort >"$scratch/wanted"
awk '!/^#/ { print $1 }' "$scratch/mms" | sort >"$scratch/got"
diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
empty "lifecycle: mms shows those that were not freed" "$scratch/differs"

# Recording anew finds what is there again: same mm, or a new id, never one
# that was another's.
highest=$(awk '!/^#/ && $1 > n { n = $1 } END { print n + 0 }' "$scratch/mms")
record mm-workload fork
fresh=$(records 'type == "copy_mm" && field("child") == wanted {
	print field("new_mm") }' wanted="$(truth_of result what=clone)")
within "lifecycle: ids go on upwards when recording begins anew" \
	$((highest + 1)) 1000000000 "$fresh" "$scratch/mms"
