#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory is taken when recording begins, falls when it ends, and is given back by `free`:
# by what `stats` says, and by what the kernel has left.

. "${0%/*}/common"

# KiB that the kernel has free, without what it keeps only for a while.
free_now()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemFree:/ { print $2 }' /proc/meminfo
}

# The kernel still frees what tests before this one had: the stacks of thousands of
# processes after a grace period of RCU, some at a time.
has_settled()
{
	settled=$free
	sleep 1
	free=$(free_now)
	[ $((free - settled)) -lt 1024 ] && [ $((settled - free)) -lt 1024 ]
}

# $free: how much it is when it does not change any more.
look_at_free()
{
	free=$(free_now)
	wait_until 60 has_settled || give_up "free memory goes on changing: $free KiB"
}

load
equal "memory-back: loading takes none" 0 "$(stat_of memory_bytes)" "$debugfs/stats"
start_recording
on=$(stat_of memory_bytes)
rings=$(stat_of ring_bytes_total)
within "memory-back: two CPUs' rings are at most 2 MiB each" 131072 \
	$((($(cpus) + 1) * 2097152)) "$rings" "$debugfs/stats"
mm-workload fork --count 3 >"$truth"
stop_recording
off=$(stat_of memory_bytes)
within "memory-back: enable 0 gives back more than half of what is no ring" 0 \
	$(((on - rings) / 2)) $((off - rings)) "$debugfs/stats"
take_events
equal "memory-back: what was recorded is there" 3 "$(count_records '
	type == "fork_end" && pid == parent' \
	parent="$(truth_of parent what=clone | head -n 1)")" "$events"

# Who reads keeps it.
exec 8<"$debugfs/events"
if echo free >"$debugfs/enable" 2>/dev/null; then
	not_ok "memory-back: free is refused while events is open" "it was not"
else
	ok "memory-back: free is refused while events is open"
fi
exec 8<&-
echo free >"$debugfs/enable" || not_ok "memory-back: free" "refused"
equal "memory-back: free gives all back" 0 "$(stat_of memory_bytes)" "$debugfs/stats"
for file in events forks mms borrows ledger holders stacks candidates watch probes; do
	cat "$debugfs/$file" >/dev/null || echo "$file"
done >"$scratch/wrong"
empty "memory-back: each file can be read then" "$scratch/wrong"
record mm-workload fork --count 4
equal "memory-back: and recording begins again" 4 "$(count_records '
	type == "fork_end" && pid == parent' \
	parent="$(truth_of parent what=clone | head -n 1)")" "$events"
start_recording
if echo 1 >"$debugfs/ledger" 2>/dev/null; then
	mm-workload fork >/dev/null
	echo free >"$debugfs/enable" || not_ok "memory-back: free with the ledger on" "refused"
	equal "memory-back: free, with the ledger on, gives all back" 0 \
		"$(stat_of memory_bytes)" "$debugfs/stats"
	equal "memory-back: and recording is off" 0 "$(cat "$debugfs/enable")"
fi
unload

# Rings that are much more than what the rest of the system takes or gives meanwhile.
load_with ring_kib=131072
look_at_free
before=$free
start_recording
look_at_free
on=$free
said=$(($(stat_of memory_bytes) / 1024))
stop_recording
echo free >"$debugfs/enable"
look_at_free
after=$free
within "memory-back: the kernel has so much less" $((said - said / 4)) $((said + said / 4)) \
	$((before - on)) "$debugfs/stats"
within "memory-back: and has it back" $((-said / 4)) $((said / 4)) $((before - after))
unload
