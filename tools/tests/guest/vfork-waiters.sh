#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Parents that wait for their vfork children hold nothing: with room for 16 clones at
# once, 80 parents wait, and every clone that others make meanwhile is recorded whole.

. "${0%/*}/common"

waiters=80
clones=200

# A parent that waits in vfork sleeps uninterruptibly, its child does not.
waiting()
{
	cat /proc/[0-9]*/stat 2>/dev/null |
		awk '$2 == "(mm-workload)" && $3 == "D" { n++ } END { print n + 0 }'
}

all_wait()
{
	[ "$(waiting)" = $waiters ]
}

# Children that the workload says it made, and that no record of the type $1 names.
not_recorded()
{
	truth_of result what=clone >"$scratch/made"
	records 'type == wanted { print field(named) }' wanted="$1" named="$2" \
		>"$scratch/recorded"
	grep -vxFf "$scratch/recorded" "$scratch/made"
}

load_with max_clones=16 ring_kib=4096
start_recording
n=0
while [ $n -lt $waiters ]; do
	mm-workload vfork --sleep-ms 600000 >/dev/null 2>&1 &
	n=$((n + 1))
done
wait_until 60 all_wait || give_up "only $(waiting) of $waiters parents wait"
mm-workload fork --count $clones >"$truth" || give_up "mm-workload fork"
equal "vfork-waiters: all of them waited meanwhile" $waiters "$(waiting)"
stop_recording
killall -KILL mm-workload
take_events
equal "vfork-waiters: nothing lost" 0 "$(lost_in_all)" "$debugfs/stats"
equal "vfork-waiters: somebody else made so many clones" $clones \
	"$(truth_of result what=clone | grep -c .)" "$truth"
not_recorded fork_end result >"$scratch/wrong"
empty "vfork-waiters: each has its fork_end" "$scratch/wrong"
not_recorded copy_mm child >"$scratch/wrong"
empty "vfork-waiters: each has its copy_mm" "$scratch/wrong"
equal "vfork-waiters: those who wait have theirs" $waiters \
	"$(count_records 'type == "fork_end" && how == "vfork" && field("result") > 0')" \
	"$events"
equal "vfork-waiters: the probe of copy_process missed nothing" 0 \
	"$(awk '$1 == "copy_process" { print $7 }' "$debugfs/probes")" "$debugfs/probes"
unload
