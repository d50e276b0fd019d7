#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A reader is woken once for a batch of records, and waking it does not make the
# next batch: on PREEMPT_RT the wake-up goes through a thread, whose switches are
# recorded too.

. "${0%/*}/common"

# Of 256 records, a quarter is a batch: the smallest ring is the worst case.
batch_bytes=$((64 * 64))

switches()
{
	awk '$1 == "ctxt" { print $2 }' /proc/stat
}

load_with ring_kib=16
start_recording
# The reader is on the CPU whose ring it reads.
mm-workload --cpu 0 poll --follow-ms "$(rounds 6000 3000)" "$debugfs/cpu0" >"$truth" &
reader=$!
wait_until 20 grep -q what=drained "$truth" || give_up "the reader does not start"
mm-workload --cpu 0 storm --cpus 1 --clones 100 >"$scratch/storm" ||
	give_up "the storm"
wait $reader
bytes=$(truth_of bytes what=followed)
within "wakeups: batches there were" $((3 * batch_bytes)) 100000000 "$bytes" "$truth"
# What was there at the last wake-up may have been more or less than a batch.
within "wakeups: woken once for each of $((bytes / batch_bytes)) batches at most" 1 \
	$((bytes / batch_bytes + 1)) "$(truth_of wakes what=followed)" "$truth"

# Where nothing happens, a reader that waits adds nothing to speak of.
seconds=$(rounds 2 1)
before=$(switches)
sleep "$seconds"
alone=$(($(switches) - before))
before=$(switches)
mm-workload --cpu 0 poll --follow-ms $((seconds * 1000)) "$debugfs/cpu0" >"$truth"
together=$(($(switches) - before))
within "wakeups: idle for $seconds s: $alone switches without a reader, with one" 0 \
	$((2 * alone + 500 * seconds)) "$together" "$truth"
stop_recording
