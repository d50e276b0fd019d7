#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# poll() on cpuN wakes a reader when there is a batch, not before; and the reader
# is not recorded.

. "${0%/*}/common"

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
start_recording
mm-workload poll --timeout-ms 60000 "$debugfs/cpu0" >"$truth" &
poller=$!
wait_until 20 grep -q what=drained "$truth" || give_up "the reader does not start"
# Some ten records each, on the CPU that is polled.
mm-workload --cpu 0 storm --cpus 1 --clones 200 >"$scratch/storm"
wait_until 20 grep -q what=polled "$truth" || give_up "the reader was not woken"
wait $poller
stop_recording
take_events
equal "poll: woken with something to read" "1 0x1" \
	"$(truth_of woken what=polled) $(truth_of revents what=polled)" "$truth"
within "poll: well before its time was over" 0 50000 \
	"$(truth_of waited_ms what=polled)" "$truth"
within "poll: by a batch, not by single records" 16384 100000000 \
	"$(truth_of bytes what=polled)" "$truth"
# From the first look into its ring to the end of its wait it was a reader, and
# slept: neither it nor who borrowed its mm may be there.
reader=$(truth_of pid what=polled)
records '
type == "exec_mm" && tgid == reader { own = mm }
ns > from && ns < to && (tgid == reader || own && mm == own)' reader="$reader" \
	from="$(truth_of at_ns what=drained)" to="$(truth_of at_ns what=polled)" \
	>"$scratch/wrong"
empty "poll: the reader is not recorded" "$scratch/wrong"
within "poll: though its mm is known" 1 1 "$(count_records '
	type == "exec_mm" && tgid == reader' reader="$reader")" "$events"
