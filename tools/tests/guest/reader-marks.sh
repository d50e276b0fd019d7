#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who reads a cpuN is not recorded (poll.sh has that), and that is who reads, not who opened
# the file. To know its mm takes no reference: a ledger stays closed.

. "${0%/*}/common"

forks_of()
{
	count_records 'type == "fork_begin" && pid == wanted' wanted="$1"
}

load
start_recording
# The shell has it open and cat reads: what the shell does afterwards is recorded.
sh -c 'exec 3<"$1"; cat <&3 >/dev/null; (:); (:); (:); cat <&3 >/dev/null; echo pid=$$' - \
	"$debugfs/cpu0" >"$truth"
take_events
within "reader-marks: a shell whose child reads is recorded" 3 10 \
	"$(forks_of "$(truth_of pid)")" "$events"

# A reader's exit is not recorded, and closes its file after it has given up its mm. Where
# it slept in between, nothing on that CPU says that it has a loan: the loan is
# recorded as found, before the record of its end.
tracing=/sys/kernel/tracing/instances/mmscope_marks
mkdir "$tracing" || give_up "mkdir $tracing"
echo 1 >"$tracing/events/sched/sched_switch/enable"
mm-workload reader-exit --times 20 "$debugfs/cpu0" >"$truth" ||
	give_up "mm-workload reader-exit"
take_events
cat "$tracing/trace" >"$scratch/trace"
rmdir "$tracing"
truth_of pid what=reader >"$scratch/readers"
records '
	BEGIN { while ((getline pid <readers) > 0) reader[pid] = 1 }
	type == "lazy_borrow" { has[field("borrower")] = mm }
	type == "lazy_handoff" || type == "lazy_return" {
		who = type == "lazy_return" ? field("borrower") : field("previous")
		if (who in reader && has[who] != mm)
			print "never borrowed: " line
	}' readers="$scratch/readers" >"$scratch/wrong"
empty "reader-marks: a reader that slept in its exit: no loan ends that did not begin" \
	"$scratch/wrong"
# With one CPU a reader that runs has mostly waited until the change was done.
[ "$(cpus)" = 1 ] || within "reader-marks: readers slept for mmap_lock" 1 100000 \
	"$(grep -c 'prev_comm=mm-workload .* prev_state=D' "$scratch/trace")" \
	"$scratch/trace"

if ! echo 1 >"$debugfs/ledger" 2>"$scratch/errors"; then
	skip "reader-marks: the ledger" "$(cat "$scratch/errors")"
	exit $failed
fi
# The last CPU's too, where there is another.
exec 3<"$debugfs/cpu0"
[ "$(cpus)" = 1 ] || exec 4<"$debugfs/cpu$(($(cpus) - 1))"
head -c 64 <&3 >/dev/null
for _ in 1 2 3; do
	(:)
done
cat "$debugfs/ledger" >"$scratch/ledger"
awk '/^# open:/ { on = 1 } on && !/^#/' "$scratch/ledger" >"$scratch/open"
empty "reader-marks: no ledger is open while a cpuN is" "$scratch/open"
# By counter: whoever of this shell's mm is unknown was so before it opened the files.
# A CPU that stands still in the middle of a switch has told of a loan, and not counted
# it yet.
nobody_unknown()
{
	cat "$debugfs/holders" >"$scratch/holders"
	awk -v pid=$$ '$7 == "count" && $6 == "unknown" && $9 == pid' "$scratch/holders" \
		>"$scratch/unknown"
	[ ! -s "$scratch/unknown" ]
}

wait_until 10 nobody_unknown
exec 3<&- 4<&-
cat "$debugfs/ledger" >"$scratch/ledger"
awk '/^# open:/ { on = 1 } on && !/^#/' "$scratch/ledger" >"$scratch/open"
empty "reader-marks: nor afterwards" "$scratch/open"
empty "reader-marks: nothing of this shell is held by somebody unknown" \
	"$scratch/unknown"
echo 0 >"$debugfs/ledger"
