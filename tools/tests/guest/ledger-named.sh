#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The parameters functions and modules: a wrong word does no harm, and is said in the
# log and in probes.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

# try NAME PARAMETER WHAT PATTERN: WHAT is not looked at, for a reason like PATTERN, and
# all ledgers close as ever.
try()
{
	mark_log
	load_with "$2"
	set_ledger 1
	mm-workload fork --count 20 >"$truth" || give_up "mm-workload fork"
	mm-workload threads 2 </dev/null >/dev/null 2>&1
	everything_closes "ledger-named: $1"
	awk '$2 == "left_alone"' "$scratch/probes" >"$scratch/left"
	equal "ledger-named: $1: probes says what and why" 1 \
		"$(awk -v what="$3" '$5 == what' "$scratch/left" | grep -c "$4")" \
		"$scratch/left"
	log_since_mark >"$scratch/log"
	equal "ledger-named: $1: the log says it" 1 \
		"$(grep -c "mmscope: the ledger does not look at $3: .*$4" "$scratch/log")" \
		"$scratch/log"
	unload
}

# What sched_switch tells already would be counted twice.
try "the scheduler's own function" functions=finish_task_switch finish_task_switch \
	'sched_switch'
try "a name with and without -" functions=-mmput,mmput -mmput 'without -'
try "-NAME of what is not listed" functions=-no_such_function -no_such_function \
	'not in the list'
try "a function that is not there" functions=no_such_function no_such_function \
	'no function no_such_function'
try "a module that is not there" modules=no_such_module no_such_module \
	'not loaded'
