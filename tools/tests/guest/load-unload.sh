#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Loaded and unloaded again and again while forks and switches run, recording or
# not, read or not: nothing in the kernel's log, nothing left behind. CYCLES sets
# how often, REST_US how long the load rests after each fork and switch.
#
# timeout: 3000

. "${0%/*}/common"

cycles=${CYCLES:-$(rounds 8 4)}

# What a module can leave behind: probes, hooks, vmalloc areas.
left_behind()
{
	grep mmscope /sys/kernel/debug/kprobes/list /proc/vmallocinfo
	grep -c . /sys/kernel/tracing/enabled_functions
	ls -d /sys/kernel/tracing/events/mmscope "$debugfs" 2>/dev/null
}

one_cycle()
{
	case $(($1 % 4)) in
	0) insmod "$module" enable=1 ;;
	1) insmod "$module" enable=1 attach=kprobe ring_kib=64 ;;
	2) insmod "$module" ring_kib=64 overwrite=0 && echo 1 >"$debugfs/enable" ;;
	3) insmod "$module" && echo 1 >"$debugfs/enable" &&
		echo 0 >"$debugfs/enable" && echo 1 >"$debugfs/enable" ;;
	esac || return 1
	# It has begun, in the midst of everything.
	wait_until 10 recorded_something || return 1
	[ $(($1 % 3)) != 0 ] || cat "$debugfs"/cpu* "$debugfs/events" >/dev/null
	rmmod mmscope
}

recorded_something()
{
	[ "$(stat_of records_written)" -gt 0 ]
}

left_behind >"$scratch/before"
mark_log
# Without rests an emulator that has one thread for all CPUs takes 100 ms for each
# word from CPU to CPU, and loading needs dozens of them.
mm-workload churn --seconds 86400 --rest-us "${REST_US:-$(rounds 2000 10000)}" >/dev/null &
churn=$!
cycle=0
while [ $cycle -lt "$cycles" ]; do
	one_cycle $cycle 2>"$scratch/said" || break
	cycle=$((cycle + 1))
	# A long run shows that it lives.
	[ $((cycle % 50)) != 0 ] || echo "    $cycle cycles after $(uptime_seconds) s"
done
kill $churn
wait $churn
equal "load-unload: cycles" "$cycles" $cycle "$scratch/said"
# A slow emulator's clock is no business of ours.
log_since_mark | grep -vE \
	'mmscope: (loading out-of-tree|module verif)|clocksource: |hrtimer: interrupt took|hogged CPU for|perf: interrupt took too long|sched: RT throttling|sched: DL replenish lagged|random: crng' \
	>"$scratch/log"
empty "load-unload: not a line in the kernel's log" "$scratch/log"
left_behind >"$scratch/after"
equal "load-unload: nothing left behind" "$(cat "$scratch/before")" \
	"$(cat "$scratch/after")"
