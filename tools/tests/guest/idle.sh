#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The idle task borrows too: a process that sleeps lends its mm to pid 0, for
# about as long as it sleeps.

. "${0%/*}/common"

times=10
ms=40

load
record mm-workload --cpu 0 idle --times $times --ms $ms
pid=$(truth_of pid what=idle | head -n 1)

# Each sleep as the program saw it: the loans that begin and end within it, by
# how long. A kernel thread may come between, and passes the loan on; where another
# user came, to whom it was given back, or from whom idle borrowed next, the sleep is
# left out.
truth_of begin_ns what=idle >"$scratch/begins"
truth_of end_ns what=idle | paste -d ' ' "$scratch/begins" - |
while read -r begin end; do
	records '
	ns < begin || ns > end || cpu { next }
	type == "lazy_borrow" && field("lender") != sleeper { disturbed = 1 }
	type == "lazy_borrow" && field("lender") == sleeper {
		from = ns
		idle += field("borrower") == 0
	}
	type == "lazy_handoff" && field("borrower") == 0 { idle++ }
	type == "lazy_return" && field("next") != sleeper { disturbed = 1 }
	type == "lazy_return" && field("next") == sleeper {
		lent += field("ns")
		between += ns - from
	}
	END {
		if (disturbed)
			exit
		print "judged", lent
		if (!idle)
			print begin ": the idle task did not borrow"
		# From the switch to the idle task to the one back, to the clock of both.
		if (lent <= 0 || lent > end - begin || lent > between + 1000 ||
		    lent < between - 1000)
			print begin ": on loan for " lent " of " between " of " end - begin " ns"
	}' sleeper="$pid" begin="$begin" end="$end"
done >"$scratch/said"
grep -v judged "$scratch/said" >"$scratch/wrong"
equal "idle: the witness slept" $times "$(wc -l <"$scratch/begins")" "$truth"
within "idle: sleeps that nobody disturbed" 2 $times \
	"$(grep -c judged "$scratch/said")" "$scratch/said"
empty "idle: each sleep is a loan to the idle task, as long as the CPU is idle in it" \
	"$scratch/wrong"
# An emulator that has to wait for its host in between may take from a sleep before the
# switch, but not from all of them.
within "idle: the longest loan is as long as a sleep" $((ms * 900000)) 100000000000 \
	"$(sed -n 's/^judged //p' "$scratch/said" | sort -n | tail -n 1)" "$scratch/said"
