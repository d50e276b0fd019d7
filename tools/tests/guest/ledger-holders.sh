#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who still holds: an open /proc/PID/mem of a process that is dead, an open
# /proc/PID/maps of one that lives, a kernel thread that uses it. Named with the
# function, the task and its age; gone when they let go. `mmscope who` says the same.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

# held COLUMN...: those columns of the takes among the rows about a process.
held()
{
	awk -v columns="$*" '
	BEGIN { n = split(columns, column, " ") }
	$6 == "take" {
		sub(/\+0x.*/, "", $12)
		for (i = 1; i <= n; i++)
			printf "%s%s", $(column[i]), i < n ? " " : "\n"
	}' "$scratch/mine"
}

look_at()
{
	take holders
	take stacks
	holder_rows "$1" >"$scratch/mine"
}

# nobody_holds PID: no row about it any more.
nobody_holds()
{
	look_at "$1"
	[ ! -s "$scratch/mine" ]
}

# no_take_of PID: nor has anybody taken it beside its own tasks.
no_take_of()
{
	look_at "$1"
	[ -z "$(held 7 9 12)" ]
}

# A CPU that stands still in the middle of a switch has told of a loan, and not counted
# it yet.
all_is_explained()
{
	look_at "$victim"
	grep ' unknown ' "$scratch/mine" >"$scratch/wrong"
	[ ! -s "$scratch/wrong" ]
}

nothing_unknown()
{
	wait_until 10 all_is_explained
	empty "$1" "$scratch/wrong"
}

load
set_ledger 1
began=$(uptime_seconds)
hold pin
visit_all_cpus
victim=$(truth_of pid what=pinned)
look_at "$victim"
equal "ledger-holders: the dead mm's holder: counter, n, pid, comm, function" \
	"count 1 $(truth_of holder what=pinned) mm-workload proc_mem_open" \
	"$(held 7 8 9 10 12)" "$scratch/holders"
awk '!/^#/ && $2 == "live" { live = 1 } $2 == "dead" && live' "$scratch/holders" \
	>"$scratch/wrong"
empty "ledger-holders: dead ones come before those that live" "$scratch/wrong"
within "ledger-holders: its age is not more than the test's" 0 \
	$(($(uptime_seconds) - began + 1)) "$(held 11 | cut -d . -f 1)" "$scratch/mine"
grep -q 'proc_mem_open.*<.*mem_open.*<.*do_sys_open' "$scratch/mine" "$scratch/stacks" ||
	not_ok "ledger-holders: its stack leads to open()" "see below" "$scratch/stacks"
nothing_unknown "ledger-holders: nothing of it is left over"
mmscope who "$victim" >"$scratch/who" || not_ok "ledger-holders: mmscope who" \
	"exit status $?" "$scratch/who"
equal "ledger-holders: mmscope who PID names it" 1 \
	"$(grep -c "take .*$(truth_of holder what=pinned).*proc_mem_open" "$scratch/who")" \
	"$scratch/who"
release
wait_until 10 nobody_holds "$victim"
empty "ledger-holders: gone when the file is closed" "$scratch/mine"

hold threads 2
victim=$(truth_of pid ready=1)
exec 8<"/proc/$victim/maps"
look_at "$victim"
equal "ledger-holders: an open maps: counter, pid, function" \
	"count $$ proc_mem_open" "$(held 7 9 12)" "$scratch/mine"
equal "ledger-holders: the tasks of it" 3 \
	"$(awk '$6 == "tasks" { print $8 }' "$scratch/mine")" "$scratch/mine"
nothing_unknown "ledger-holders: nothing of the live one is left over"
exec 8<&-
wait_until 10 no_take_of "$victim"
equal "ledger-holders: an open maps is gone when it is closed" "" "$(held 7 9 12)" \
	"$scratch/mine"

load_helper
echo "$victim" >"$helper/use_mm" || give_up "use_mm $victim"
look_at "$victim"
equal "ledger-holders: a kernel thread that uses it holds users by get_task_mm" \
	"users $$ get_task_mm" "$(held 7 9 12)" "$scratch/mine"
nothing_unknown "ledger-holders: nothing is left over beside the kernel thread"
echo off >"$helper/use_mm"
wait_until 10 no_take_of "$victim"
equal "ledger-holders: the kernel thread's is gone" "" "$(held 7 9 12)" "$scratch/mine"
release
rmmod mmscope_test
everything_closes "ledger-holders"
unload
