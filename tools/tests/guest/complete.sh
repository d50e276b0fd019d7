#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Complete: every clone that succeeds is recorded, by kind and path, against the
# kernel's own count (`processes` in /proc/stat) and the storm's; nothing is lost
# at default sizes with a reader at work. CLONES sets how many.

. "${0%/*}/common"

clones=${CLONES:-20000}

# The clones that end within the storm's brackets: between the outer times at
# most, between the inner ones at least.
count_clones()
{
	records '
	type == "fork_end" && field("result") > 0 && ns > from && ns < to { n++ }
	END { print n + 0 }' from="$1" to="$2"
}

count_kind()
{
	records 'type == "fork_end" && how == kind && field("path") == path &&
		field("result") > 0 && ns > from && ns < to { n++ }
	END { print n + 0 }' kind="$1" path="$2" \
		from="$(truth_of begin_outer_ns what=storm)" \
		to="$(truth_of end_outer_ns what=storm)"
}

for attach in auto kprobe; do
	name="complete: attach=$attach"
	load_with attach=$attach
	mmscope record --all -o "$scratch/capture" -- \
		mm-workload storm --clones "$clones" \
		>"$truth" 2>"$scratch/errors" ||
		give_up "mmscope record: $(cat "$scratch/errors")"
	mmscope events "$scratch/capture" 2>"$scratch/errors" |
		grep -E '^#| (copy_mm|fork_end|lost) ' >"$events"

	grown=$(truth_of grown what=storm)
	within "$name: the storm made what it was asked for" "$clones" \
		$((clones + 100)) "$grown" "$truth"
	least=$(count_clones "$(truth_of begin_inner_ns what=storm)" \
		"$(truth_of end_inner_ns what=storm)")
	most=$(count_clones "$(truth_of begin_outer_ns what=storm)" \
		"$(truth_of end_outer_ns what=storm)")
	within "$name: processes in /proc/stat ($grown) as recorded" \
		"$least" "$most" "$grown" "$truth"
	for kind in fork vfork clone thread; do
		path=$(truth_of path what=kind kind=$kind)
		equal "$name: $kind by path $path" \
			"$(truth_of ok what=kind kind=$kind)" \
			"$(count_kind $kind "$path")" "$truth"
	done
	equal "$name: nothing lost, says stats" 0 "$(lost_in_all)" \
		"$debugfs/stats"
	equal "$name: nothing lost, says the capture" 0 \
		"$(count_records 'type == "lost"')" "$scratch/errors"
	unload
	rm -rf "$scratch/capture"
done
