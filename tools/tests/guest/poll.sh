#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# poll() on cpuN wakes a reader when there is a batch, not before; and the reader
# is not recorded.

. "${0%/*}/common"

tracing=/sys/kernel/tracing/instances/mmscope_poll

leave_cpu_1_if_there_is_one()
{
	[ "$(cpus)" -lt 2 ] || leave_cpu_1
}

load
# Not recording: nothing comes, so the reader sleeps until its time is over.
mm-workload poll --timeout-ms 300 "$debugfs/cpu0" >"$truth"
equal "poll: nothing to read: not woken" 0 "$(truth_of woken what=polled)" "$truth"
within "poll: and it has slept" 300 100000 "$(truth_of waited_ms what=polled)" \
	"$truth"

leave_cpu_1_if_there_is_one
mkdir "$tracing" || give_up "mkdir $tracing"
echo mono >"$tracing/trace_clock"
echo 1 >"$tracing/events/mmscope/enable"
start_recording
# On a CPU where nobody else is, so that the idle task borrows what is the reader's.
mm-workload --cpu $(($(cpus) - 1)) poll --timeout-ms 60000 "$debugfs/cpu0" \
	>"$truth" &
poller=$!
wait_until 20 grep -q what=drained "$truth" || give_up "the reader does not start"
# Some ten records each, on the CPU that is polled.
mm-workload --cpu 0 storm --cpus 1 --clones 200 >"$scratch/storm"
wait_until 20 grep -q what=polled "$truth" || give_up "the reader was not woken"
wait $poller
# Its own loan goes on until it is off its CPU, and a user has come there.
mm-workload --cpu $(($(cpus) - 1)) nothing
stop_recording
echo 0 >"$tracing/events/mmscope/enable"
cat "$tracing/trace" >"$scratch/trace"
rmdir "$tracing"
equal "poll: woken with something to read" "1 0x1" \
	"$(truth_of woken what=polled) $(truth_of revents what=polled)" "$truth"
within "poll: well before its time was over" 0 50000 \
	"$(truth_of waited_ms what=polled)" "$truth"
within "poll: by a batch, not by single records" 16384 100000000 \
	"$(truth_of bytes what=polled)" "$truth"
# From the first look into its ring to the end of its wait it was a reader, and
# slept: neither it nor who borrowed its mm may be there. What was in the ring it
# has taken, so ask the tracepoints, which get all that the rings get. The last
# drop of a borrower's mm is made by whoever is switched to, which may be the
# reader: that record is the borrower's.
reader=$(truth_of pid what=polled)
awk -v reader="$reader" -v from="$(truth_of at_ns what=drained)" \
	-v to="$(truth_of at_ns what=polled)" "$trace_line"'
what == "exec_mm" && who == reader { own = mm; found = 1 }
what == "mm_free" && how == "context_switch" && match($0, / dropper=[0-9]+/) {
	who = substr($0, RSTART + 9, RLENGTH - 9) + 0
}
ns > from && ns < to && (who == reader || own && mm == own)
END { exit found != 1 }' "$scratch/trace" >"$scratch/wrong"
equal "poll: the witness saw the reader exec" 0 $? "$scratch/trace"
empty "poll: the reader is not recorded" "$scratch/wrong"
# It closed its file by exiting, after it had given up its mm: the loan that it then
# had began unrecorded, and goes on like any other.
equal "poll: a loan that its exit leaves behind is said before it goes on" \
	"lazy_borrow found $reader" "$(awk -v reader="$reader" \
		-v from="$(truth_of at_ns what=polled)" "$trace_line"'
	what == "exec_mm" && who == reader { own = mm }
	what ~ /^lazy_/ && ns > from && own && mm == own {
		print what, how, who
		exit
	}' "$scratch/trace")" "$scratch/trace"

# A reader whose mm the idle task of CPU 1 has borrowed when it opens its file on CPU 0:
# that loan was recorded, and so is its end.
[ "$(cpus)" -ge 2 ] || exit 0
mkfifo "$scratch/open" "$scratch/end"
mkdir "$tracing" || give_up "mkdir $tracing"
echo 1 >"$tracing/events/mmscope/enable"
start_recording
taskset 2 sh -c "echo ready >$scratch/ready; read -r line <$scratch/open; exec 9<$debugfs/cpu0
	echo opened >$scratch/opened; read -r line <$scratch/end" &
reader=$!
# It sleeps on CPU 1, whose idle task has its mm then.
sleeps()
{
	[ -s "$scratch/ready" ] && grep -q '^State:.*S' "/proc/$reader/status"
}
wait_until 20 sleeps || give_up "the reader does not come to sleep"
# It is said to sleep a moment before it does.
lends()
{
	awk -v pid=$reader '$1 == 1 && $4 == pid { found = 1 } END { exit !found }' \
		"$debugfs/borrows"
}

wait_until 20 lends || give_up "CPU 1 does not borrow from the reader"
taskset -p 1 $reader >/dev/null
echo go >"$scratch/open"
wait_until 20 test -s "$scratch/opened" || give_up "the reader does not open its file"
taskset 2 true
echo go >"$scratch/end"
wait $reader
stop_recording
cat "$tracing/trace" >"$scratch/trace"
rmdir "$tracing"
# Up to its exit, where it closes the file.
awk -v reader="$reader" "$trace_line"'
what == "exec_mm" && who == reader { own = mm }
/\[001\]/ && what ~ /^lazy_(borrow|return)$/ && own && mm == own { print what, how }' "$scratch/trace" >"$scratch/loans"
equal "poll: a loan that a reader's opening finds has its end" \
	"lazy_borrow context_switch, lazy_return context_switch" \
	"$(tail -n 2 "$scratch/loans" | paste -s -d ',' | sed 's/,/, /')" "$scratch/trace"
