#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The stack of a take is that of the call that took it, also where one instruction
# takes for several callers in turn: get_task_mm() for files of /proc that one shell
# reads one after the other, which is the witness of who called.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

rounds=$(rounds 200 40)

# read_in_turn PID: in another order each time, so that no one follows the other
read_in_turn()
{
	turn=0
	while [ $turn -lt "$rounds" ]; do
		case $((turn % 3)) in
		0) set -- "$1" status stat statm ;;
		1) set -- "$1" statm status stat ;;
		2) set -- "$1" status statm stat ;;
		esac
		pid=$1
		for file in "$2" "$3" "$4"; do
			read -r _ <"/proc/$pid/$file" || give_up "read /proc/$pid/$file"
		done
		set -- "$pid"
		turn=$((turn + 1))
	done
}

# How many takes of the shell's at get_task_mm() have this function next on the stack.
takes_by()
{
	awk -v caller="$1" '
	FNR == NR {
		if ($3 ~ /^get_task_mm[+.]/ && $5 ~ "^" caller "[+.]")
			wanted[$1] = 1
		next
	}
	$1 in wanted { n += $2 }
	END { print n + 0 }' "$scratch/stacks" "$scratch/by_stack"
}

load
set_ledger 1
sleep 1000 &
victim=$!
wait_until 10 grep -q '^sleep' "/proc/$victim/comm"
read_in_turn "$victim"
stop_recording
take_events
take stacks
mm=$(mm_of "$victim")
records 'type == "ref" && mm == wanted && pid == reader && how == "users" &&
	field("delta") + 0 > 0 { n[field("stack")]++ }
	END { for (stack in n) print stack, n[stack] }' \
	wanted="$mm" reader=$$ >"$scratch/by_stack"
for call in status:proc_pid_status stat:do_task_stat statm:proc_pid_statm; do
	equal "ledger-stacks: /proc/PID/${call%:*} by ${call#*:}()" "$rounds" \
		"$(takes_by "${call#*:}")" "$scratch/stacks"
done
kill $victim
unload
