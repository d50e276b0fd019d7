#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each switch that the kernel's own sched_switch event shows, told by whether the
# two tasks are kernel threads, is a borrow, a hand-off, a return, or nothing at
# all between two users.

. "${0%/*}/common"

tracing=/sys/kernel/tracing/instances/mmscope_switches

start_tracing()
{
	mkdir "$tracing" || give_up "mkdir $tracing"
	echo mono >"$tracing/trace_clock"
	echo 4096 >"$tracing/buffer_size_kb"
	echo 1 >"$tracing/events/sched/sched_switch/enable"
}

stop_tracing()
{
	echo 0 >"$tracing/events/sched/sched_switch/enable"
	cat "$tracing/trace" >"$scratch/trace"
	rmdir "$tracing"
}

# pids of the kernel threads there are: PF_KTHREAD in the flags, field 9 of stat
kernel_threads()
{
	cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) (.*) /\1 name /' |
		awk 'int($9 / 2097152) % 2 { print $1 }'
	echo 0
}

# expected FROM TO CPU: borrows, hand-offs, returns, plain ones by the trace
expected()
{
	awk -v from="$1" -v to="$2" -v on="$3" '
	NR == FNR { kernel[$1] = 1; next }
	!/sched_switch:/ { next }
	{
		match($0, /\[[0-9]+\] [^ ]+ +[0-9]+\.[0-9]+:/)
		split(substr($0, RSTART, RLENGTH), head, /[] []+/)
		cpu = head[2] + 0
		split(head[4], clock, /[.:]/)
		ns = (clock[1] * 1000000 + ("1" clock[2]) - 1000000) * 1000
		match($0, /prev_pid=[0-9]+/)
		prev = substr($0, RSTART + 9, RLENGTH - 9)
		match($0, /next_pid=[0-9]+/)
		next_pid = substr($0, RSTART + 9, RLENGTH - 9)
		# A task that has exited has no mm any more: it runs on a loan.
		without_mm = prev in kernel || /prev_state=[XZ]/
		if (cpu == on && ns > from && ns < to)
			n[without_mm "" (next_pid in kernel)]++
	}
	END { print n["01"] + 0, n["11"] + 0, n["10"] + 0, n["00"] + 0 }
	' "$scratch/kernel" "$scratch/trace"
}

recorded()
{
	# The loan of a task that exits begins without a switch.
	records 'ns > from && ns < to && cpu == on && type ~ /^lazy_/ &&
	how == "context_switch" { n[type]++ }
	END {
		print n["lazy_borrow"] + 0, n["lazy_handoff"] + 0, n["lazy_return"] + 0
	}' from="$1" to="$2" on="$3"
}

load_with ring_kib=4096
load_helper
while read -r verb; do
	# Before and after: an idle kworker may go meanwhile, and another one come.
	kernel_threads >"$scratch/kernel"
	start_tracing
	# shellcheck disable=SC2086 # the verb with its words
	record mm-workload --cpu 0 $verb
	stop_tracing
	kernel_threads >>"$scratch/kernel"
	truth_of kthread what=runner >>"$scratch/kernel"
	begin=$(truth_of begin_ns cpu=0 | head -n 1)
	end=$(truth_of end_ns cpu=0 | tail -n 1)
	expected "$begin" "$end" 0 >"$scratch/expected"
	equal "switches: ${verb%% *}: borrows, hand-offs, returns" \
		"$(cut -d ' ' -f 1-3 "$scratch/expected")" \
		"$(recorded "$begin" "$end" 0)" "$truth"
	echo "${verb%% *} $(cat "$scratch/expected")" >>"$scratch/all"
done <<END
relay --kthreads 3 --rounds 100
idle --times 20 --ms 10
pingpong --rounds 300
END
within "switches: the witness saw borrows" 120 100000 \
	"$(awk '{ n += $2 } END { print n }' "$scratch/all")" "$scratch/all"
within "switches: the witness saw plain switches between users" 500 100000 \
	"$(awk '$1 == "pingpong" { print $5 }' "$scratch/all")" "$scratch/all"
