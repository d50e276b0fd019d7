#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The idle task borrows too: a process that sleeps lends its mm to pid 0, for
# about as long as it sleeps.

. "${0%/*}/common"

times=5
ms=40

load
record mm-workload --cpu 0 idle --times $times --ms $ms
pid=$(truth_of pid what=idle | head -n 1)

# Each sleep as the program saw it: the loans that begin and end within it, by
# how long. A kernel thread may come between, and passes the loan on; where another
# user came, the mm that idle had next was that one's, and the sleep is left out.
truth_of begin_ns what=idle >"$scratch/begins"
truth_of end_ns what=idle | paste -d ' ' "$scratch/begins" - |
while read -r begin end; do
	records '
	ns < begin || ns > end || cpu { next }
	type == "lazy_borrow" && field("lender") != sleeper { disturbed = 1 }
	type == "lazy_borrow" && field("lender") == sleeper {
		first = ns
		idle += field("borrower") == 0
	}
	type == "lazy_handoff" && field("borrower") == 0 { idle++ }
	type == "lazy_return" && field("next") == sleeper { lent += field("ns") }
	END {
		if (disturbed)
			exit
		print "judged"
		if (!idle)
			print begin ": the idle task did not borrow"
		if (lent < ms * 1000000 * 0.9 || lent > end - begin)
			print begin ": on loan for " lent " of " end - begin " ns"
	}' sleeper="$pid" begin="$begin" end="$end" ms=$ms
done >"$scratch/said"
grep -v judged "$scratch/said" >"$scratch/wrong"
equal "idle: the witness slept" $times "$(wc -l <"$scratch/begins")" "$truth"
within "idle: sleeps that nobody disturbed" 2 $times \
	"$(grep -c judged "$scratch/said")" "$scratch/said"
empty "idle: each sleep is a loan to the idle task, as long as the sleep" \
	"$scratch/wrong"
