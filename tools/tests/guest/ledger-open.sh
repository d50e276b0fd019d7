#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A change where the ledger does not look leaves the ledger open: which mm, by how
# much, and between which two records it began. Naming the function closes it.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

# Who is freed while the totals are summed up may be counted as that alone.
all_are_judged()
{
	take ledger
	[ "$(total freed)" = $(($(total closed) + $(total open))) ]
}

# opened_and_held PARAMETER: pin a dead process while the ledger is on.
opened_and_held()
{
	load_with "functions=$1"
	set_ledger 1
	hold pin
	visit_all_cpus
	victim=$(truth_of pid what=pinned)
	take ledger
	open_rows >"$scratch/open.held"
	take holders
	holder_rows "$victim" >"$scratch/mine"
	release
	wait_until 10 all_are_judged
	open_rows >"$scratch/open.freed"
}

# to_ns TIME: nanoseconds that a shell can compare.
to_ns()
{
	echo "$1" | awk '{ split($1, t, "."); printf "%s%s\n", t[1], t[2] }'
}

opened_and_held -proc_mem_open
equal "ledger-open: the function is left out" 0 \
	"$(awk '/proc_mem_open/ { n++ } END { print n + 0 }' "$debugfs/probes")"
equal "ledger-open: while it is held: one unit of count, of the dead mm" \
	"dead +0 +1 $victim mm-workload" \
	"$(awk '{ print $2, $3, $4, $5, $6 }' "$scratch/open.held")" \
	"$scratch/open.held"
equal "ledger-open: holders: one unit of count that nobody is known to hold" \
	"count 1" "$(awk '$6 == "unknown" { print $7, $8 }' "$scratch/mine")" \
	"$scratch/mine"
equal "ledger-open: when it is freed" "freed +0 +1 $victim mm-workload" \
	"$(awk '{ print $2, $3, $4, $5, $6 }' "$scratch/open.freed")" \
	"$scratch/open.freed"
# "birth" or "TYPE at TIME", "..", and the same.
fine=$(sed -n 's/.* at \([0-9.]*\) \.\. .*/\1/p' "$scratch/open.held")
wrong=$(sed -n 's/.* \.\. .* at \([0-9.]*\)$/\1/p' "$scratch/open.held")
within "ledger-open: it began before the process was seen to be dead" 0 \
	"$(truth_of since_ns what=pinned)" "$(to_ns "${fine:-0.000000000}")" \
	"$scratch/open.held"
within "ledger-open: and was found at a record after that" \
	$(($(to_ns "${fine:-0.000000000}") + 1)) 9000000000000000000 \
	"$(to_ns "$wrong")" "$scratch/open.held"
# The mm made records after that, at its exit for one, each of which compares the counters.
equal "ledger-open: at a record, and not by looking for it" 0 \
	"$(grep -c ' \.\. a look at ' "$scratch/open.held")" "$scratch/open.held"
equal "ledger-open: counted" "1 $(($(total freed) - 1))" \
	"$(total open) $(total closed)" "$scratch/ledger"
mmscope ledger >"$scratch/verb"
equal "ledger-open: mmscope ledger says it" 1 \
	"$(grep -c "freed .*+1 .*$victim .*mm-workload" "$scratch/verb")" "$scratch/verb"
unload

opened_and_held -proc_mem_open,proc_mem_open
cat "$scratch/open.held" "$scratch/open.freed" >"$scratch/open"
empty "ledger-open: named by the parameter functions, it closes" "$scratch/open"
equal "ledger-open: the holder is said to be a function that was named" 1 \
	"$(grep -c 'take .*proc_mem_open.*named by the parameter' "$scratch/mine")" \
	"$scratch/mine"
unload

mark_log
load_with functions=no_such_function
set_ledger 1
log_since_mark >"$scratch/log"
equal "ledger-open: a function that is not there is said" 1 \
	"$(grep -c 'mmscope: .*no function no_such_function' "$scratch/log")" \
	"$scratch/log"
unload
