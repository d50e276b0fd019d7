#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mm_users counts threads: the records of five pthread_create, and of their
# exits, against the workload and /proc/PID/status; mm_count stays 1, because
# nobody borrows an address space that is running on its only CPU.

. "${0%/*}/common"

threads=5

load
start_recording
hold --cpu 0 threads $threads
pid=$(truth_of pid ready=1)
cat "$debugfs/mms" >"$scratch/mms"
in_status=$(awk '/^Threads:/ { print $2 }' "/proc/$pid/status")
release
stop_recording
take_events

equal "users: the witness, Threads in /proc" $((threads + 1)) "$in_status"

# tid, users after it: in the order in which they were made
truth_of tid what=threads >"$scratch/tids"
truth_of users what=threads | paste "$scratch/tids" - >"$scratch/wanted"
records 'type == "copy_mm" && pid == parent {
	print field("child") "\t" field("users")
}' parent="$pid" >"$scratch/got"
equal "users: of each copy_mm" "$(cat "$scratch/wanted")" \
	"$(cat "$scratch/got")" "$events"
equal "users: count is 1 however many threads" 1 "$(records '
	type == "copy_mm" && pid == parent { print field("count") }' \
	parent="$pid" | sort -u)" "$events"

mm=$(mm_of "$pid")
awk -v mm="$mm" '$1 == mm { print $3, $5, $11 }' "$scratch/mms" >"$scratch/row"
equal "users: users, tasks and pid in mms" \
	"$((threads + 1)) $((threads + 1)) $pid" "$(cat "$scratch/row")" \
	"$scratch/mms"

# They leave one by one, the first thread last: 5, 4, ... 0 are left.
records 'type == "exit_mm" && mm == wanted { print field("users") }' \
	wanted="$mm" | xargs >"$scratch/left"
equal "users: left by each exit_mm" "5 4 3 2 1 0" "$(cat "$scratch/left")" \
	"$events"
