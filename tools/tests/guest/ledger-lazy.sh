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

# From here on all CPUs but this one run a user task that nothing takes them from,
# and this one runs this shell: so nothing is on loan while the ledger goes on or off.
nothing_is_borrowed()
{
	echo -1 >/proc/sys/kernel/sched_rt_runtime_us
	hogs=
	taskset -p 1 $$ >/dev/null
	cpu=1
	while [ $cpu -lt "$(cpus)" ]; do
		mm-workload hog --cpu $cpu >"$scratch/hog" &
		hogs="$hogs $!"
		wait_until 10 grep -q what=hog "$scratch/hog" ||
			give_up "no user task could be kept on CPU $cpu"
		cpu=$((cpu + 1))
	done
}

borrowing_again()
{
	for hog in $hogs; do
		kill -KILL "$hog"
		wait "$hog"
	done 2>/dev/null
	echo 950000 >/proc/sys/kernel/sched_rt_runtime_us
}

# The sum over all CPUs of a column of the tracepoint's rows.
lazy_sum()
{
	awk -v column="$1" '$1 == "context_switch" && $2 == "count" { print $column }' \
		"$scratch/ledger"
}

load
start_recording
nothing_is_borrowed
set_ledger audit
borrowing_again
mm-workload pingpong --rounds $((switches / 20)) >"$truth" &
mm-workload storm --clones $((switches / 40)) >"$scratch/storm" &
mm-workload idle --times $((switches / 4)) --ms 1 >"$scratch/idle"
wait || give_up "a workload failed"
nothing_is_borrowed
set_ledger 0
borrowing_again
take ledger

equal "ledger-lazy: borrows: the tracepoint's and the instruction's count" \
	"$(lazy_sum 3)" "$(function_sum __schedule takes)" "$scratch/ledger"
equal "ledger-lazy: returns: the tracepoint's and the instruction's count" \
	"$(lazy_sum 4)" "$(function_sum finish_task_switch puts)" "$scratch/ledger"
within "ledger-lazy: there were so many" $((switches / 4)) 1000000000 \
	"$(lazy_sum 4)" "$scratch/ledger"
# exec and kthread_use_mm() end a loan too; those of this load have none.
equal "ledger-lazy: taken by borrowing and exiting is given back by returning" \
	"$(lazy_sum 4)" $(($(lazy_sum 3) + $(function_sum do_exit takes) + \
		$(function_sum begin_new_exec balance))) "$scratch/ledger"
equal "ledger-lazy: every ledger closes" 0 "$(total open)" "$scratch/ledger"
echo "  borrows $(lazy_sum 3), exits $(function_sum do_exit takes)," \
	"returns $(lazy_sum 4), moved between CPUs $(function_sum __schedule elsewhere)" \
	"and $(function_sum finish_task_switch elsewhere)"
unload
