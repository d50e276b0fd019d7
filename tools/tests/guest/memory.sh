#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Clones in a memory cgroup that is full: those that fail for want of memory are
# recorded as failed, with the errno that the caller got; and of processes that the
# kernel kills there, dying where they stand, every address space is freed.
#
# timeout: 300

. "${0%/*}/common"

group=$scratch/cgroup/mmscope

# What the out-of-memory killer prints holds a call trace, which is no complaint: it
# is kept from the console, and all else that the kernel says is looked at here.
trap 'dmesg -n 7; leave_group; umount "$scratch/cgroup" 2>/dev/null; clean_up' EXIT

enter_group()
{
	mkdir -p "$scratch/cgroup"
	mount -t cgroup2 none "$scratch/cgroup" || give_up "mount cgroup2"
	echo +memory >"$scratch/cgroup/cgroup.subtree_control" ||
		give_up "the memory controller"
	mkdir "$group"
	echo "$1" >"$group/memory.max"
}

leave_group()
{
	rmdir "$group" 2>/dev/null
}

# in_group SCORE COMMAND...: with that adjustment of who is killed first. Instead of
# the shell that calls it.
in_group()
{
	score=$1
	shift
	# shellcheck disable=SC2016 # for the inner shell to expand
	exec sh -c 'echo 0 >"$1/cgroup.procs" && echo "$2" >/proc/self/oom_score_adj &&
		shift 2 && exec "$@"' - "$group" "$score" "$@"
}

killed()
{
	awk '$1 == "oom_kill" { print $2 }' "$group/memory.events"
}

kernel_complaints()
{
	log_since_mark |
		grep -E 'BUG:|WARNING:|Oops|stall|lockup|blocked for more|KASAN|list_(add|del)'
}

load_with ring_kib=4096
mark_log
dmesg -n 1
enter_group 16M

# The kernel's own memory for a task runs out, and nobody may be killed for it.
start_recording
(in_group -1000 mm-workload crowd --most 2000) >"$truth" 2>"$scratch/errors" ||
	give_up "mm-workload crowd: $(cat "$scratch/errors")"
stop_recording
take_events
pid=$(truth_of pid what=crowd)
equal "memory: clones failed for want of it" "5 -12" \
	"$(truth_of failed what=crowd) $(truth_of error what=crowd)" "$truth"
within "memory: others had room" 50 1999 "$(truth_of ok what=crowd)" "$truth"
equal "memory: those that succeeded are recorded, and as shared" \
	"$(truth_of ok what=crowd)" "$(count_records 'type == "copy_mm" &&
		how == "share" && pid == wanted' wanted="$pid")" "$truth"
equal "memory: those that failed are recorded, with the caller's errno" \
	"$(truth_of failed what=crowd)" "$(count_records 'type == "fork_end" &&
		pid == wanted && field("result") == -12' wanted="$pid")" "$truth"
equal "memory: and forks counts them as failed" "$(truth_of failed what=crowd)" \
	"$(awk '!/^#/ && $2 == "clone" { n += $4 } END { print n + 0 }' \
		"$debugfs/forks")" "$debugfs/forks"

# Hogs that are killed one after the other, each by what the next one takes. Who waits
# for memory switches without end, which is of no interest here and fills any ring.
echo types=mm_birth,exec_mm,mm_dead,mm_free >"$debugfs/filter" || give_up "the filter"
start_recording
for _ in 1 2 3 4 5 6 7 8; do
	(in_group 1000 tail /dev/zero) 2>/dev/null &
	pids="${pids-} $!"
done
for pid in $pids; do
	wait "$pid"
	echo "$pid $?"
done >"$scratch/hogs"
sleep 1
cat "$debugfs/mms" >"$scratch/mms"
stop_recording
take_events
equal "memory: all hogs were killed" "137 8" \
	"$(cut -d ' ' -f 2 "$scratch/hogs" | sort | uniq -c | awk '{ print $2, $1 }')" \
	"$scratch/hogs"
within "memory: by the out-of-memory killer" 8 100 "$(killed)" "$group/memory.events"
cut -d ' ' -f 1 "$scratch/hogs" | while read -r pid; do
	records '
	type == "exec_mm" && tgid == hog { own[mm] = 1 }
	type == "mm_dead" && mm in own { dead[mm]++ }
	type == "mm_free" && mm in own { freed[mm]++ }
	END {
		while ((getline row <mms) > 0) {
			split(row, cell, " ")
			if (cell[2] == "dead")
				pinned[cell[1]] = 1
		}
		for (mm in own) {
			n++
			if (dead[mm] != 1 || freed[mm] + (mm in pinned) < 1 ||
			    freed[mm] > 1)
				print hog ": mm " mm " dead " dead[mm] + 0 \
					" times, freed " freed[mm] + 0
		}
		if (n < 1)
			print hog ": no exec_mm"
	}' hog="$pid" mms="$scratch/mms"
done >"$scratch/wrong"
# A CPU that idles may still have one of them.
empty "memory: each one's address spaces died and were freed, or are pinned in mms" "$scratch/wrong"
equal "memory: nothing lost" 0 "$(lost_in_all)" "$debugfs/stats"
kernel_complaints >"$scratch/complaints"
empty "memory: the kernel has nothing else to say" "$scratch/complaints"
