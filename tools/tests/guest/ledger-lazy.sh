#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
#
# Borrowing moves mm_count, and every unit comes back: what sched_switch counts is
# what the scheduler's own instructions do, to the last one; and what borrowing and
# exiting take is what returning gives back. MMSCOPE_SWITCHES says how many
# switches, 100,000 in a long run.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

switches=${MMSCOPE_SWITCHES:-4000}

# CPUs that had a loan at one end of the count.
loans_when()
{
	sed -n "s/^# CPUs with a loan .*$1: \\([0-9]*\\).*/\\1/p" "$scratch/ledger"
}

# The sum over all CPUs of a column of the tracepoint's rows.
lazy_sum()
{
	awk -v column="$1" '$1 == "context_switch" && $2 == "count" { print $column }' \
		"$scratch/ledger"
}

load
start_recording
set_ledger audit
mm-workload pingpong --rounds $((switches / 20)) >"$truth" &
mm-workload storm --clones $((switches / 40)) >"$scratch/storm" &
# A third more sleeps than loans are wanted: one in which others keep the CPU is none.
mm-workload idle --times $((switches / 3)) --ms 1 >"$scratch/idle"
wait || give_up "a workload failed"
set_ledger 0
take ledger

equal "ledger-lazy: borrows: the tracepoint's and the instruction's count" \
	"$(lazy_sum 3)" "$(function_sum __schedule takes)" "$scratch/ledger"
equal "ledger-lazy: returns: the tracepoint's and the instruction's count" \
	"$(lazy_sum 4)" "$(function_sum finish_task_switch puts)" "$scratch/ledger"
within "ledger-lazy: there were so many" $((switches / 4)) 1000000000 \
	"$(lazy_sum 4)" "$scratch/ledger"
# exec and kthread_use_mm() end a loan too; those of this load have none.
equal "ledger-lazy: taken by borrowing and exiting is given back by returning, or on loan" \
	"$(($(lazy_sum 4) + $(loans_when ended)))" \
	$(($(loans_when began) + $(lazy_sum 3) + $(function_sum do_exit takes) + \
		$(function_sum begin_new_exec balance))) "$scratch/ledger"
equal "ledger-lazy: every ledger closes" 0 "$(total open)" "$scratch/ledger"
echo "  borrows $(lazy_sum 3), exits $(function_sum do_exit takes)," \
	"returns $(lazy_sum 4), moved between CPUs $(function_sum __schedule elsewhere)" \
	"and $(function_sum finish_task_switch elsewhere)"
unload
