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

# While the ledger goes on or off no CPU should have a loan: this one runs this shell,
# and the others a user task each. A kernel thread may run there all the same at that
# very moment; then a borrow is counted without its return, or the other way round. So
# it is tried up to three times; what is counted wrong is wrong each time.
keep_cpus_busy()
{
	busy=
	taskset -p 1 $$ >/dev/null
	cpu=1
	while [ $cpu -lt "$(cpus)" ]; do
		mm-workload hog --cpu $cpu >"$scratch/hog" &
		busy="$busy $!"
		wait_until 10 grep -q what=hog "$scratch/hog" ||
			give_up "no user task could be kept on CPU $cpu"
		cpu=$((cpu + 1))
	done
}

let_cpus_go()
{
	for one in $busy; do
		kill -KILL "$one"
		wait "$one"
	done 2>/dev/null
	# The load runs everywhere.
	taskset -p $(((1 << $(cpus)) - 1)) $$ >/dev/null
}

# The sum over all CPUs of a column of the tracepoint's rows.
lazy_sum()
{
	awk -v column="$1" '$1 == "context_switch" && $2 == "count" { print $column }' \
		"$scratch/ledger"
}

switch_and_count()
{
	keep_cpus_busy
	set_ledger audit
	let_cpus_go
	mm-workload pingpong --rounds $((switches / 20)) >"$truth" &
	mm-workload storm --clones $((switches / 40)) >"$scratch/storm" &
	mm-workload idle --times $((switches / 4)) --ms 1 >"$scratch/idle"
	wait || give_up "a workload failed"
	keep_cpus_busy
	set_ledger 0
	let_cpus_go
	take ledger
}

# exec and kthread_use_mm() end a loan too; those of this load have none.
taken()
{
	echo $(($(lazy_sum 3) + $(function_sum do_exit takes) + \
		$(function_sum begin_new_exec balance)))
}

is_exact()
{
	[ "$(lazy_sum 3)" = "$(function_sum __schedule takes)" ] &&
		[ "$(lazy_sum 4)" = "$(function_sum finish_task_switch puts)" ] &&
		[ "$(lazy_sum 4)" = "$(taken)" ]
}

load
start_recording
for try in 1 2 3; do
	switch_and_count
	is_exact && break
	echo "  try $try: borrows $(lazy_sum 3) and $(function_sum __schedule takes)," \
		"returns $(lazy_sum 4) and $(function_sum finish_task_switch puts)," \
		"taken $(taken)"
done
equal "ledger-lazy: borrows: the tracepoint's and the instruction's count" \
	"$(lazy_sum 3)" "$(function_sum __schedule takes)" "$scratch/ledger"
equal "ledger-lazy: returns: the tracepoint's and the instruction's count" \
	"$(lazy_sum 4)" "$(function_sum finish_task_switch puts)" "$scratch/ledger"
within "ledger-lazy: there were so many" $((switches / 4)) 1000000000 \
	"$(lazy_sum 4)" "$scratch/ledger"
equal "ledger-lazy: taken by borrowing and exiting is given back by returning" \
	"$(lazy_sum 4)" "$(taken)" "$scratch/ledger"
equal "ledger-lazy: every ledger closes" 0 "$(total open)" "$scratch/ledger"
echo "  borrows $(lazy_sum 3), exits $(function_sum do_exit takes)," \
	"returns $(lazy_sum 4), moved between CPUs $(function_sum __schedule elsewhere)" \
	"and $(function_sum finish_task_switch elsewhere)"
unload
