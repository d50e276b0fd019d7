#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Complete: every clone that succeeds is recorded, by kind and path, against the
# kernel's own count (`processes` in /proc/stat) and the storm's; nothing is lost
# at default sizes with a reader at work. CLONES sets how many.
#
# timeout: 600

. "${0%/*}/common"

# One pass over many records: clones that succeeded by kind and path; those within
# the storm's inner and outer brackets of time; lost records.
count_all()
{
	records '
	type == "lost" { lost++ }
	type == "fork_end" && field("result") > 0 {
		# The kernel counts it somewhere between its begin and its end.
		begin = ns - field("ns")
		most += ns > begin_outer && begin < end_outer
		least += begin > begin_inner && ns < end_inner
		if (ns > begin_outer && ns < end_outer)
			n[how " " field("path")]++
	}
	END {
		print "least", least + 0
		print "most", most + 0
		print "lost", lost + 0
		for (row in n)
			print row, n[row]
	}' begin_outer="$(truth_of begin_outer_ns what=storm)" \
		begin_inner="$(truth_of begin_inner_ns what=storm)" \
		end_inner="$(truth_of end_inner_ns what=storm)" \
		end_outer="$(truth_of end_outer_ns what=storm)" >"$scratch/counts"
}

# count_of WORDS: the number behind them in what count_all found
count_of()
{
	sed -n "s/^$* \([0-9]*\)\$/\1/p" "$scratch/counts"
}

# storm ATTACH CLONES
storm()
{
	name="complete: attach=$1"
	load_with attach="$1"
	mmscope record --all -o "$scratch/capture" -- \
		mm-workload storm --clones "$2" >"$truth" 2>"$scratch/errors" ||
		give_up "mmscope record: $(cat "$scratch/errors")"
	mmscope events -i "$scratch/capture" 2>"$scratch/errors" |
		grep -E ' (fork_end|lost) ' >"$events"
	count_all

	grown=$(truth_of grown what=storm)
	within "$name: the storm made what it was asked for" "$2" $(($2 + 100)) \
		"$grown" "$truth"
	within "$name: processes in /proc/stat ($grown) as recorded" \
		"$(count_of least)" "$(count_of most)" "$grown" "$scratch/counts"
	for kind in fork vfork clone thread; do
		path=$(truth_of path what=kind kind=$kind)
		equal "$name: $kind by path $path" \
			"$(truth_of ok what=kind kind=$kind)" \
			"$(count_of "$kind $path")" "$scratch/counts"
	done
	equal "$name: nothing lost, says stats" 0 "$(lost_in_all)" "$debugfs/stats"
	equal "$name: nothing lost, says the capture" 0 "$(count_of lost)" \
		"$scratch/errors"
	# At the end of each 1,024 of a CPU's own.
	timed=$(($(stat_of records_written) / 1024))
	within "$name: one record in 1,024 is timed" $((timed - 2 * $(cpus))) $timed \
		"$(stat_of record_cost_samples)" "$debugfs/stats"
	unload
	rm -rf "$scratch/capture"
}

clones=${CLONES:-$(rounds 5000 1500)}
storm auto "$clones"
# The same points, reached in another way: a quarter is enough to tell.
storm kprobe $((clones / 4))
