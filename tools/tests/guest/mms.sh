#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mms is complete from the first second: every process in /proc that has an
# address space, with as many tasks as it has threads.

. "${0%/*}/common"

check_mms()
{
	mm-workload tasks "$debugfs/mms" "$scratch/mms" >"$truth" ||
		give_up "mm-workload tasks"
	truth_of pid what=process >"$scratch/pids"
	truth_of threads what=process | paste "$scratch/pids" - |
		sort >"$scratch/wanted"
	awk '!/^#/ && $2 == "live" { print $11 "\t" $5 }' "$scratch/mms" |
		sort >"$scratch/got"
	diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
	empty "$1: pid and tasks of each" "$scratch/differs"
	truth_of comm what=process | paste "$scratch/pids" - |
		sort >"$scratch/wanted"
	awk '!/^#/ && $2 == "live" { print $11 "\t" $12 }' "$scratch/mms" |
		sort >"$scratch/got"
	diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
	empty "$1: pid and comm of each" "$scratch/differs"
	awk '!/^#/ && $2 == "live" && $3 < $5' "$scratch/mms" >"$scratch/wrong"
	empty "$1: no fewer users than tasks" "$scratch/wrong"
	awk '!/^#/ && $4 - ($2 == "live") != $6' "$scratch/mms" >"$scratch/wrong"
	empty "$1: pins are count less the users' own" "$scratch/wrong"
}

# Something with threads that was there before the module.
hold threads 3
within "mms: the witness has a process with 4 threads" 4 4 \
	"$(awk '/^Threads:/ { print $2 }' "/proc/$(truth_of pid ready=1)/status")"
cp "$truth" "$scratch/held"

load_with enable=1
check_mms "mms: right after loading with enable=1"
stop_recording
unload

load
start_recording
check_mms "mms: right after recording began"
release
truth=$scratch/held
pid=$(truth_of pid ready=1)
wait_until 10 test ! -e "/proc/$pid" || give_up "$pid does not go away"
cat "$debugfs/mms" >"$scratch/mms"
equal "mms: no live mm of a process that has exited" "" \
	"$(awk -v pid="$pid" '$2 == "live" && $11 == pid' "$scratch/mms")" \
	"$scratch/mms"

# A process whose first thread has exited has its mm through another thread only.
stop_recording
hold leader-exit
start_recording
cat "$debugfs/mms" >"$scratch/mms"
pid=$(truth_of pid what=leader)
equal "mms: a process whose first thread has exited has its pid and name" \
	"$pid 1 mm-workload" "$(awk -v pid="$pid" '$2 == "live" && $11 == pid {
		print $11, $5, $12 }' "$scratch/mms")" "$scratch/mms"
release
