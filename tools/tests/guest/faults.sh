#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory that cannot be had, at each place where the module asks for some while it
# is loaded, attached, read, filtered and switched: the load fails with a reason
# in the log or goes on and says what is missing, and nothing is left behind.
#
# config: FAULT_INJECTION_STACKTRACE_FILTER FAILSLAB FAIL_PAGE_ALLOC DEBUG_KMEMLEAK
# append: kmemleak=on
# timeout: 2400

. "${0%/*}/common"

# Also those allocations may fail that may wait for memory, which is all of ours.
prepare_faults()
{
	for kind in failslab fail_page_alloc; do
		attributes=/sys/kernel/debug/$kind
		[ -d $attributes ] || give_up "no $attributes"
		echo N >$attributes/ignore-gfp-wait
		echo 0 >$attributes/verbose
		echo 32 >$attributes/stacktrace-depth
	done
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
}

# only_below START END: let only that fail which this code asks for.
only_below()
{
	for kind in failslab fail_page_alloc; do
		echo "$1" >/sys/kernel/debug/$kind/require-start
		echo "$2" >/sys/kernel/debug/$kind/require-end
	done
}

# Loading a module asks for much before the module itself is asked for anything.
only_below_initcall()
{
	# shellcheck disable=SC2046 # two addresses
	set -- $(grep -A 1 ' do_one_initcall$' /proc/kallsyms | cut -d ' ' -f 1)
	[ $# = 2 ] || give_up "do_one_initcall is not in /proc/kallsyms"
	only_below "0x$1" "0x$2"
}

left_behind()
{
	grep mmscope /sys/kernel/debug/kprobes/list /proc/vmallocinfo
	grep -c . /sys/kernel/tracing/enabled_functions
	ls -d /sys/kernel/tracing/events/mmscope "$debugfs" 2>/dev/null
}

# The log of each fault: nth, result, and what mmscope said of it.
told_faults()
{
	log_since_mark | sed 's/^\[[^]]*\] *//' | awk '
	FNR == NR {
		split($0, word, /[ =]/)
		if (/^fault /)
			result[word[5]] = word[9]
		if (/injected=0/)
			result[word[5]] = "none"
		next
	}
	/^mm-workload faults/ { sub(/.*nth=/, ""); nth = $0 + 0; next }
	/^mmscope: / { said[nth] = said[nth] "; " substr($0, 10) }
	END {
		for (nth = 1; nth in result; nth++)
			print nth, result[nth], substr(said[nth], 3)
	}' "$truth" -
}

# inject WHAT... : mm-workload's words after `faults`
inject()
{
	mark_log
	mm-workload faults "$@" >"$truth" 2>"$scratch/errors" ||
		give_up "faults $*: $(cat "$scratch/errors")"
	told_faults >"$scratch/told"
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
	awk '$2 == 0 && NF == 2' "$scratch/told" >"$scratch/silent"
	empty "$name: what goes on without says so" "$scratch/silent"
	awk '$2 != 0 && $2 != "none" && $2 != -12' "$scratch/told" >"$scratch/other"
	empty "$name: out of memory is what it says to the caller" "$scratch/other"
	left_behind >"$scratch/after"
	equal "$name: nothing left behind" "$(cat "$scratch/before")" \
		"$(cat "$scratch/after")"
}

check_files()
{
	load_with max_clones=16 max_mms=64 ring_kib=16
	for file in "$debugfs"/*; do
		inject read "$file"
	done
	inject write "$debugfs/filter" comm=sh ''
	inject write "$debugfs/enable" 1 0
	ok "faults: each file can be read or written when memory is there again"
	# Enough of it works afterwards.
	echo 0 >"$debugfs/enable"
	echo >"$debugfs/filter"
	record mm-workload fork --count 3
	equal "faults: it records as ever afterwards" 3 \
		"$(count_records 'type == "copy_mm" && how == "fork"')" "$events"
	unload
}

prepare_faults
leaks_begin
check_load 'enable=1 max_clones=16 max_mms=64 ring_kib=16'
check_load 'attach=kprobe enable=1 max_clones=16 max_mms=64 ring_kib=16'
check_files
leaks_find
empty "faults: no memory is left that nobody owns" "$scratch/leaks"
