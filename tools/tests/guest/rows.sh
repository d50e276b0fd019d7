#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Text files are read row by row: in pieces of any size they say the same as at once, who goes
# back to the beginning gets it again, and no read interrupts another CPU.
#
# cpus: 2

. "${0%/*}/common"

# Calls of functions on other CPUs, all together, as the kernel counts them.
calls()
{
	awk '/Function call interrupts/ {
		for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++)
			n += $i
	}
	END { print n + 0 }' /proc/interrupts
}

# calls_of FILE...: in fifty times that they are read, by one cat each time.
calls_of()
{
	calls_before=$(calls)
	calls_n=0
	while [ $calls_n -lt 50 ]; do
		(cd "$debugfs" && cat "$@") >/dev/null
		calls_n=$((calls_n + 1))
	done
	echo $(($(calls) - calls_before))
}

# few_calls WHEN: to start cat is a reason for such calls too, and so are wake-ups; the
# lesser of two. One call for each read would be a hundred and fifty more.
few_calls()
{
	calm=$(calls_of README enable filter)
	busy=$(calls_of mms borrows holders)
	again=$(calls_of mms borrows holders)
	[ "$again" -ge "$busy" ] || busy=$again
	within "rows: $1: to read who borrows calls nobody on other CPUs" 0 $((calm + 90)) \
		"$busy"
}

load
few_calls "before anything is recorded"
start_recording
mm-workload storm --clones 50 >/dev/null
few_calls "while recording"
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
