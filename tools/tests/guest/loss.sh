#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A ring that is too small loses records: as many as the module's own tracepoints
# saw more, said by cause and in place; the newest stay with overwrite=1, the
# oldest with overwrite=0.

. "${0%/*}/common"

tracing=/sys/kernel/tracing/instances/mmscope_loss

# Records on all CPUs by the tracepoints.
emitted()
{
	grep -vc '^#' "$tracing/trace"
}

storm_into_small_ring()
{
	mkdir "$tracing" || give_up "mkdir $tracing"
	echo 8192 >"$tracing/buffer_size_kb"
	echo 1 >"$tracing/events/mmscope/enable"
	record mm-workload storm --clones 400
	echo 0 >"$tracing/events/mmscope/enable"
	seen=$(emitted)
	rmdir "$tracing"
	kept=$(count_records 'type != "lost"')
	missing=$(records 'type == "lost" { n += field("records") }
		END { print n + 0 }')
}

load_with ring_kib=16 overwrite=1
# Somebody who has read to the end, before there was anything, and reads on afterwards.
exec 8<"$debugfs/events"
cat <&8 >"$scratch/nothing"
storm_into_small_ring
cat <&8 >"$scratch/followed"
exec 8<&-
within "loss: overwrite: the witness saw more than the rings hold" 2000 100000 "$seen"
equal "loss: overwrite: kept and lost are all" "$seen" $((kept + missing)) \
	"$debugfs/stats"
equal "loss: overwrite: stats gives the cause" "$missing" \
	"$(stat_of lost_overwritten)" "$debugfs/stats"
equal "loss: overwrite: no other cause" "$missing" "$(lost_in_all)" "$debugfs/stats"
events_from=$scratch/followed
equal "loss: overwrite: who reads on gets what is there, and is told what is not" "$seen" \
	"$(records '{ n += type == "lost" ? field("records") : 1 }
		END { print n + 0 }')" "$scratch/followed"
unset events_from
within "loss: overwrite: the ring is full to the brim" 200 $((256 * $(cpus))) "$kept"
# What is missing is older than everything that is there.
equal "loss: overwrite: each CPU's loss is said before its first record" \
	"$(records '!(cpu in seen) { seen[cpu]; n++ } END { print n }')" \
	"$(records '!(cpu in seen) { seen[cpu]; n += type == "lost" && how == "overwritten" }
		END { print n + 0 }')" "$events"
last=$(records '{ last = ns } END { print last }')
within "loss: overwrite: the end of the storm is there" \
	"$(truth_of end_outer_ns what=storm)" $((last + 1)) "$last" "$truth"
# The sequence numbers in the bytes themselves: a record's is one more than that
# before it, and a lost record's as much more as it says are missing.
judge_numbers()
{
	od -A n -t u4 -v -w64 "$1" | awk -v file="${1##*/}" '
	$1 == 3254525889 { next }	# the magic number of a packet
	{
		lost = $3 % 256 == 14
		step = lost ? $9 : 1
		if ($4 != before + step)
			print file ": " $4 " after " before ", wanted " before + step
		before = $4
		n++
		missing += lost ? $9 : 0
	}
	END { print file, n, missing + 0 >>numbers }' numbers="$scratch/numbers"
}

mkdir "$scratch/capture"
cp "$debugfs/metadata" "$debugfs"/cpu* "$scratch/capture"
for stream in "$scratch"/capture/cpu*; do
	judge_numbers "$stream"
done >"$scratch/wrong"
empty "loss: overwrite: no number is missing that is not said" "$scratch/wrong"
equal "loss: overwrite: by the bytes of cpuN" "$missing" \
	"$(awk '{ n += $3 } END { print n }' "$scratch/numbers")" "$scratch/numbers"
mmscope events -i "$scratch/capture" >"$scratch/captured" 2>"$scratch/errors"
bare_lines "$events" >"$scratch/wanted"
bare_lines "$scratch/captured" >"$scratch/got"
diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
empty "loss: overwrite: a copy of cpuN says the same as events" "$scratch/differs"
unload

load_with ring_kib=16 overwrite=0
storm_into_small_ring
equal "loss: discard: stats gives the cause" "$(lost_in_all)" \
	"$(stat_of lost_ring_full)" "$debugfs/stats"
equal "loss: discard: events give it too" "$(stat_of lost_ring_full)" "$missing" \
	"$debugfs/stats"
equal "loss: discard: kept and lost are all" "$seen" $((kept + missing)) \
	"$debugfs/stats"
last=$(records 'type != "lost" { last = ns } END { print last }')
within "loss: discard: the end of the storm is not there" 1 \
	"$(truth_of end_outer_ns what=storm)" "$last" "$truth"

# It is said behind the last record that fitted, and once.
equal "loss: discard: said in place" "$(cpus)" "$(records '
	{ last[cpu] = type " " how }
	END { for (cpu in last) n += last[cpu] == "lost ring_full"; print n }')" \
	"$events"
cat "$debugfs"/cpu* >/dev/null
record mm-workload --cpu 0 fork
equal "loss: discard: and not again once it was read" 0 \
	"$(count_records 'type == "lost" && how == "ring_full"')" "$events"
