#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# CPUs go offline and come back while clones and loans are recorded: nothing is
# lost, each loan of a CPU ends when it goes, and a CPU that is off borrows nothing.
# Loading and unloading with a CPU off; reading its cpuN.
#
# cpus: 2
# timeout: 400

. "${0%/*}/common"

sys=/sys/devices/system/cpu
others=$(seq 1 $(($(cpus) - 1)))

turn()
{
	echo "$2" >"$sys/cpu$1/online" || give_up "echo $2 >$sys/cpu$1/online"
}

# Once more whatever happens: the next test wants all CPUs.
trap 'for cpu in $others; do echo 1 >"$sys/cpu$cpu/online"; done; clean_up' EXIT

# What borrows and mms say of CPU $1, which is off.
loans_of_dead_cpu()
{
	awk -v cpu="$1" '!/^#/ && $1 == cpu && $2 != "-"' "$debugfs/borrows"
	awk -v cpu="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "borrowers") at = i - 1 }
		!/^#/ && at && ("," $at ",") ~ ("," cpu ",")' "$debugfs/mms"
}

processes()
{
	awk '$1 == "processes" { print $2 }' /proc/stat
}

under_way()
{
	[ "$(processes)" -gt $((processes_before + 100)) ]
}

rounds=$(rounds 4 2)

# All CPUs but the first go and come, again and again, while the storm lasts.
toggle()
{
	toggled=0
	while kill -0 "$storm" 2>/dev/null && [ $toggled -lt "$rounds" ]; do
		for cpu in $others; do
			turn "$cpu" 0
			loans_of_dead_cpu "$cpu"
		done
		sleep 0.1
		for cpu in $others; do
			turn "$cpu" 1
		done
		sleep 0.2
		toggled=$((toggled + 1))
	done >"$scratch/dead_loans"
}

# Each CPU's loans one after the other: what is handed on or given back is what was
# borrowed. The kernel's own mm, which a CPU has when it comes, is lent by nobody. A
# task that exits tells of its own loan a moment before it takes it; if it is
# preempted in that moment it comes back with it later, perhaps on another CPU.
loans_that_do_not_fit()
{
	records '
	function its_own(pid) { return own[pid] == mm }
	type == "mm_birth" && how == "found" { found[mm] = 1 }
	type == "lazy_borrow" && how == "exit" { own[pid] = mm }
	type == "lazy_borrow" {
		if (loan[cpu] && how != "found" && !exits[cpu])
			print "a second loan: " line
		loan[cpu] = mm
		exits[cpu] = how == "exit"
	}
	type == "lazy_handoff" || type == "lazy_return" {
		who = type == "lazy_return" ? field("borrower") : field("previous")
		if (loan[cpu] != mm && !(mm in found) && !its_own(who))
			print "not what was borrowed (" loan[cpu] "): " line
		exits[cpu] = 0
		loan[cpu] = type == "lazy_return" ? "" : mm
	}'
}

# Loaded while a CPU is off, which then comes.
turn 1 0
load_with ring_kib=4096
start_recording
equal "hotplug: cpu1 while it is off: nothing, and no error" "0" \
	"$(wc -c <"$debugfs/cpu1")"
turn 1 1
mm-workload --cpu 1 fork >"$truth" || give_up "mm-workload --cpu 1 fork"
take_events
equal "hotplug: a CPU that came after loading is recorded" 1 \
	"$(records 'type == "fork_end" && cpu == 1 && field("result") == child {
		print cpu }' child="$(truth_of result what=clone)")" "$events"

# Under load.
processes_before=$(processes)
# It lasts until the CPUs have been away often enough, and rests so that a fast
# machine's rings hold it all.
mm-workload storm --clones 100000 --workers $((2 * $(cpus))) --rest-us 5000 \
	>"$truth" 2>"$scratch/errors" &
storm=$!
# Its workers take their places first, one on each CPU.
wait_until 30 under_way || give_up "the storm: $(cat "$scratch/errors")"
toggle
kill -TERM "$storm" || give_up "the storm ended early: $(cat "$scratch/errors")"
wait $storm || give_up "the storm: $(cat "$scratch/errors")"
cat "$debugfs/borrows" >"$scratch/borrows"
stop_recording
take_events
equal "hotplug: CPUs went and came while clones went on" "$rounds" $toggled
empty "hotplug: a CPU that is off borrows nothing" "$scratch/dead_loans"
equal "hotplug: nothing lost" 0 "$(lost_in_all)" "$debugfs/stats"
grown=$(truth_of grown what=storm)
# This script's own clones are among them, and each is counted somewhere between its
# begin and its end.
within "hotplug: every clone recorded ($grown)" \
	"$(count_records 'type == "fork_end" && field("result") > 0 &&
		ns - field("ns") > from && ns < to' \
		from="$(truth_of begin_inner_ns what=storm)" \
		to="$(truth_of end_inner_ns what=storm)")" \
	"$(count_records 'type == "fork_end" && field("result") > 0 &&
		ns > from && ns - field("ns") < to' \
		from="$(truth_of begin_outer_ns what=storm)" \
		to="$(truth_of end_outer_ns what=storm)")" "$grown" "$truth"
loans_that_do_not_fit >"$scratch/wrong"
empty "hotplug: loans one after the other on each CPU" "$scratch/wrong"
within "hotplug: loans that ended because the CPU went" 1 $((toggled * $(cpus))) \
	"$(count_records 'type == "lazy_return" && how == "offline" && cpu > 0')" \
	"$events"

# Dead, and pinned by nothing but the idle task of a CPU that goes.
leave_cpu_1
start_recording
hold idle-exit
victim=$(truth_of pid what=exited)
take_events
mm=$(mm_of "$victim")
equal "hotplug: an exited process is pinned by CPU 1" "$mm dead" \
	"$(awk -v mm="$mm" '$1 == mm { print $1, $2 }' "$debugfs/mms")" "$debugfs/mms"
turn 1 0
is_gone()
{
	! awk -v mm="$mm" '$1 == mm { found = 1 } END { exit !found }' "$debugfs/mms"
}
if wait_until 10 is_gone; then
	ok "hotplug: and freed when CPU 1 goes"
else
	not_ok "hotplug: and freed when CPU 1 goes" "mms has it" "$debugfs/mms"
fi
take_events
# Where the switch after it tells of the loan's end, the mm was freed before.
equal "hotplug: its loan ended by that, and it was freed" \
	"lazy_return offline mm_free" "$(records '
	mm == wanted && type == "lazy_return" { returned = type " " how }
	mm == wanted && type == "mm_free" { freed = type }
	END { print returned, freed }' wanted="$mm")" "$events"
turn 1 1
release

# A reader that waits for a CPU that goes gets what there is; then unload.
mm-workload poll --timeout-ms 20000 "$debugfs/cpu1" >"$truth" &
reader=$!
wait_until 20 grep -q what=drained "$truth" || give_up "the reader does not start"
mm-workload --cpu 1 fork >/dev/null
turn 1 0
wait_until 15 grep -q what=polled "$truth"
equal "hotplug: a reader of a CPU that went is woken" 1 \
	"$(truth_of woken what=polled)" "$truth"
wait $reader
stop_recording
unload
ok "hotplug: unloaded with a CPU off"
turn 1 1
