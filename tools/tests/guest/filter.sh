#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The filter: a process and its descendants, a name, types; and nothing else.

. "${0%/*}/common"

set_filter()
{
	echo "$1" >"$debugfs/filter" || give_up "write '$1' to the filter"
}

# What the other processes do must not be there.
strangers()
{
	records 'type == "fork_end" && !(("," ours ",") ~ ("," pid ",")) { print }' \
		ours="$1"
}

load
hold tree --depth 3
root=$(truth_of pid ready=1)
set_filter "pid=$root"
equal "filter: reads as it was written" "pid=$root" "$(cat "$debugfs/filter")"
start_recording
mm-workload fork --count 3 >"$scratch/others"
release
stop_recording
take_events
truth_of result what=clone | sort >"$scratch/wanted"
equal "filter: the witness has three descendants" 3 "$(wc -l <"$scratch/wanted")"
records 'type == "fork_end" { print field("result") }' | sort >"$scratch/got"
equal "filter: pid: its clones and its descendants', and no others'" \
	"$(cat "$scratch/wanted")" "$(cat "$scratch/got")" "$events"
equal "filter: pid: forks counts no others either" 3 \
	"$(awk '!/^#/ { n += $3 + $4 } END { print n }' "$debugfs/forks")" \
	"$debugfs/forks"
unload

# By a name that a process has only after exec, so it is found at its exec.
load
set_filter "comm=mm-workload"
start_recording
sh -c true
mm-workload fork --count 2 >"$truth"
stop_recording
take_events
truth_of result what=clone | sort >"$scratch/wanted"
records 'type == "fork_end" { print field("result") }' | sort >"$scratch/got"
equal "filter: comm: the named process's clones, and no others'" \
	"$(cat "$scratch/wanted")" "$(cat "$scratch/got")" "$events"
unload

load
set_filter "types=copy_mm,mm_free"
equal "filter: types always have lost and comm" "types=copy_mm,mm_free,lost,comm" \
	"$(cat "$debugfs/filter")"
# With users on every CPU after it, so that none keeps all that were freed on loan.
fork_and_visit()
{
	mm-workload fork || return
	visited=0
	while [ $visited -lt "$(cpus)" ]; do
		mm-workload --cpu $visited nothing
		visited=$((visited + 1))
	done
}

record fork_and_visit
equal "filter: types: these, and names, and no others" "comm copy_mm mm_free" \
	"$(records '{ print type }' | sort -u | xargs)" "$events"
equal "filter: types: the clone is there" 1 "$(count_records '
	type == "copy_mm" && field("child") == wanted' \
	wanted="$(truth_of result what=clone)")" "$events"
set_filter off
equal "filter: off again" off "$(cat "$debugfs/filter")"
record mm-workload fork
equal "filter: off: everything is there again" 1 "$(count_records '
	type == "fork_end" && field("result") == wanted' \
	wanted="$(truth_of result what=clone)")" "$events"
