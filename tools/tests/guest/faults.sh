#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory that cannot be had, at each place where the module asks for some while it
# is loaded, attached, read, filtered and switched: the load fails with a reason
# in the log or goes on and says what is missing, and nothing is left behind.
#
# That no memory is forgotten then is kmemleak.sh's to see.
#
# config: FAULT_INJECTION_STACKTRACE_FILTER FAILSLAB FAIL_PAGE_ALLOC
# timeout: 600

. "${0%/*}/common"
# shellcheck source=faults-common
. "${0%/*}/faults-common"

# Loads that went on without a word, and lack a file or a point that others have.
# Where the allocator had other memory, or kvmalloc() another way, they lack nothing.
parts_missing()
{
	awk '
	FNR == NR {
		if (!/^fault /)
			next
		split($0, word, /[ =]/)
		parts[word[5]] = word[11]
		# The last one met no fault.
		whole = word[11]
		next
	}
	$2 == 0 && NF == 2 && parts[$1] != whole {
		print $1 ": " parts[$1] " parts, not " whole
	}
	END { if (!whole) print "no load was without a fault" }' \
		"$truth" "$scratch/told"
}

check_load()
{
	name="faults: load $1"
	left_behind >"$scratch/before"
	only_below_initcall
	inject load "$module" "$1"
	only_below 0 0xffffffffffffffff
	cp "$scratch/told" "$results/load-${1%%=*}"
	within "$name: the witness let so many allocations fail" 100 5000 \
		"$(grep -c injected=1 "$truth")" "$scratch/told"
	awk '$2 != 0 && $2 != "none" && NF == 2' "$scratch/told" >"$scratch/silent"
	empty "$name: each failure has its reason in the log" "$scratch/silent"
	parts_missing >"$scratch/silent"
	empty "$name: what goes on without something says so" "$scratch/silent"
	awk '$2 != 0 && $2 != "none" && $2 != -12' "$scratch/told" >"$scratch/other"
	empty "$name: out of memory is what it says to the caller" "$scratch/other"
	left_behind >"$scratch/after"
	equal "$name: nothing left behind" "$(cat "$scratch/before")" \
		"$(cat "$scratch/after")"
}

check_files()
{
	load_with max_clones=16 max_mms=64 ring_kib=256
	for file in "$debugfs"/*; do
		inject read "$file"
	done
	inject write "$debugfs/filter" comm=sh off
	inject write "$debugfs/enable" 1 0
	ok "faults: each file can be read or written when memory is there again"
	# Enough of it works afterwards.
	echo 0 >"$debugfs/enable"
	echo off >"$debugfs/filter"
	record mm-workload fork --count 3
	equal "faults: it records as ever afterwards" 3 \
		"$(count_records 'type == "fork_end" && how == "fork" &&
			pid == parent' parent="$(sed -n \
			's/.* parent=\([0-9]*\).*/\1/p;q' "$truth")")" "$events"
	unload
}

prepare_faults
check_load 'enable=1 max_clones=16 max_mms=64 ring_kib=16'
check_load 'attach=kprobe enable=1 max_clones=16 max_mms=64 ring_kib=16'
check_files
