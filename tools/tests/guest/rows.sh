#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Text files are read row by row: in pieces of any size they say the same as at once, who goes
# back to the beginning gets it again, and no read interrupts another CPU.
#
# cpus: 2

. "${0%/*}/common"

tracing=/sys/kernel/tracing
instance=$tracing/instances/mmscope_rows

trap 'stop_watching; clean_up' EXIT

# All calls of functions on other CPUs go through one of these two, 5.10 to 7.3, or what
# the compiler has made of them.
call_functions()
{
	awk '$3 ~ /^smp_call_function_(single|many_cond)(\.(isra|constprop)\.[0-9]+)?$/ {
		print $3 }' /proc/kallsyms
}

# The kernel's own probes on them say which function each call is for.
watch_calls()
{
	mkdir "$instance" || give_up "mkdir $instance"
	for function in $(call_functions); do
		echo "p:mmscope_rows/$(echo "$function" | tr . _) $function func=\$arg2" \
			>>$tracing/kprobe_events || give_up "a probe on $function"
	done
	[ "$(find "$instance/events/mmscope_rows" -mindepth 1 -type d | wc -l)" -ge 2 ] ||
		give_up "the two functions are not in /proc/kallsyms"
	echo 1 >"$instance/events/mmscope_rows/enable"
}

stop_watching()
{
	[ -d "$instance" ] || return 0
	echo 0 >"$instance/events/mmscope_rows/enable"
	rmdir "$instance"
	for event in "$tracing"/events/mmscope_rows/*/; do
		echo "-:mmscope_rows/$(basename "$event")" >>$tracing/kprobe_events
	done
}

# The functions that were called so: TASK N FUNCTION [MODULE], or its address
calls()
{
	sed -n 's/^ *\(.*\)-[0-9]* .*(smp_call_function_.* func=0x\([0-9a-f]*\).*/\2 \1/p' \
		"$instance/trace" | sort | uniq -c >"$scratch/addresses"
	awk 'FILENAME == ARGV[1] { calls[$2] = $3 " " $1; next }
		$1 in calls && !said[$1]++ { print calls[$1], $3, $4 }
		END { for (at in calls) if (!said[at]) print calls[at], at }' \
		"$scratch/addresses" /proc/kallsyms
}

# calls_nobody WHEN FILE...: each is read often, and no other CPU is interrupted. What is
# left aside of cat's own is what the kernel does for its memory.
calls_nobody()
{
	calls_when=$1
	shift
	echo >"$instance/trace"
	calls_n=0
	while [ $calls_n -lt 20 ]; do
		(cd "$debugfs" && cat "$@") >/dev/null
		calls_n=$((calls_n + 1))
	done
	calls >"$scratch/calls"
	grep -E '\[mmscope\]|^cat ' "$scratch/calls" | grep -vE 'tlb|flush' >"$scratch/wrong"
	empty "rows: $calls_when: to read who borrows calls nobody on other CPUs" \
		"$scratch/wrong"
}

watch_calls
load
calls_nobody "before anything is recorded" mms borrows holders
echo >"$instance/trace"
start_recording
# It asks each CPU what its task has borrowed.
calls >"$scratch/calls"
within "rows: the witness sees a call that mmscope makes" 1 100 \
	"$(grep -c '\[mmscope\]' "$scratch/calls")" "$scratch/calls"
mm-workload storm --clones 50 >/dev/null
calls_nobody "while recording" mms borrows holders
stop_watching
echo 1 >"$debugfs/ledger" 2>/dev/null
mm-workload fork >/dev/null
echo 0 >"$debugfs/ledger"
stop_recording

# What does not change any more, and is longer than a page.
for file in README forks ledger probes candidates stacks events; do
	cat "$debugfs/$file" >"$scratch/whole"
	for size in 61 5000; do
		dd if="$debugfs/$file" of="$scratch/parts" bs=$size 2>/dev/null
		cmp "$scratch/whole" "$scratch/parts" || echo "$file in parts of $size"
	done
	dd if="$debugfs/$file" of="$scratch/later" bs=100 skip=3 2>/dev/null
	tail -c +301 "$scratch/whole" | cmp - "$scratch/later" || echo "$file from 300 on"
done >"$scratch/wrong" 2>&1
empty "rows: in parts they are the same as at once" "$scratch/wrong"
within "rows: the witness: one of them is longer than a page" 4097 10000000 \
	"$(wc -c <"$debugfs/events")"
