#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A loss that no record had room for is said to who reads it whole, once; and `events`
# has an end.

. "${0%/*}/common"

lost_said()
{
	od -A n -t u4 -v -w64 "$@" | awk '
	$1 == 3254525889 { next }	# the magic number of a packet
	$3 % 256 == 14 { n += $9 }
	END { print n + 0 }'
}

load_with ring_kib=16 overwrite=0
record mm-workload storm --clones 300
lost=$(stat_of lost_ring_full)
within "loss-said: the witness: records were lost" 100 100000 "$lost"

# One packet, and one byte of what comes after it: no loss has been handed over.
for cpu in "$debugfs"/cpu*; do
	dd if="$cpu" of="$scratch/part" bs=16385 count=1 2>/dev/null
	cat "$scratch/part"
done >"$scratch/parts"
within "loss-said: more than a packet was there" 16385 1000000 \
	"$(wc -c <"$scratch/parts")"
cat "$debugfs"/cpu* >"$scratch/rest"
equal "loss-said: who reads on is told" "$lost" "$(lost_said "$scratch/rest")" \
	"$debugfs/stats"
cat "$debugfs"/cpu* >"$scratch/again"
equal "loss-said: and nobody twice" 0 "$(lost_said "$scratch/again")"

# Again a loss that waits; somebody follows.
start_recording
mm-workload storm --clones 300 >/dev/null
stop_recording
lost=$(($(stat_of lost_ring_full) - lost))
within "loss-said: the witness: more were lost" 100 100000 "$lost"
if timeout 20 tail -n 3 "$debugfs/events" >"$scratch/tail"; then
	ok "loss-said: tail events comes to its end"
else
	not_ok "loss-said: tail events comes to its end" "not in 20 s" "$scratch/tail"
fi
exec 8<"$debugfs/events"
for turn in 1 2 3; do
	head -c 4000000 <&8 >"$scratch/turn.$turn"
done
exec 8<&-
events_from=$scratch/turn.1
equal "loss-said: events says it" "$lost" "$(records '
	type == "lost" && how == "ring_full" { n += field("records") } END { print n + 0 }')" \
	"$scratch/turn.1"
unset events_from
cat "$scratch/turn.2" "$scratch/turn.3" | grep -v '^#' >"$scratch/more"
empty "loss-said: and once to one that reads on" "$scratch/more"
