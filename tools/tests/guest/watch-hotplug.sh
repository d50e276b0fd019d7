#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# cpus: 2
#
# watch: a CPU goes and comes back while a process is watched: what the process
# does there afterwards is seen, and the ledger agrees with the counters and closes.

. "${0%/*}/common"
. "${0%/*}/watch-common"

cpu1=/sys/devices/system/cpu/cpu1/online

# on_cpu_1 COMMAND...
on_cpu_1()
{
	taskset 2 "$@"
}

# Takes and puts on CPU 1 by the readers of status that run there.
seen_on_cpu_1()
{
	changes 'cpu == 1 && counter == "users" && ns > after {
		plus += delta > 0
		minus += delta < 0
	}
	END { print plus + 0, minus + 0 }' after="$1"
}

now_ns()
{
	awk '{ printf "%.0f", $1 * 1000000000 }' /proc/uptime
}

[ -w $cpu1 ] || {
	skip "watch-hotplug" "CPU 1 cannot be switched off here"
	exit
}
load
load_helper
watch_supported
hold threads 3
pid=$(truth_of pid ready=1)
watch "$pid"
for round in 1 2 3; do
	on_cpu_1 cat "/proc/$pid/status" >/dev/null
	echo 0 >$cpu1 || give_up "switch CPU 1 off"
	cat "/proc/$pid/status" >/dev/null
	echo 1 >$cpu1 || give_up "switch CPU 1 on"
	back=$(now_ns)
	on_cpu_1 cat "/proc/$pid/status" >/dev/null
	watched
	equal "watch-hotplug: seen on the CPU that came back, $round" "1 1" \
		"$(seen_on_cpu_1 "$back")" "$ledger"
done
equal "watch-hotplug: memory agrees with the ledger" agrees \
	"$(awk '$2 == "memory" { print $3 }' "$ledger")" "$ledger"

# Armed while a CPU is off; off again while it is.
echo 0 >$cpu1
watch "$pid"
echo 1 >$cpu1
back=$(now_ns)
on_cpu_1 cat "/proc/$pid/status" >/dev/null
watched
equal "watch-hotplug: armed while a CPU was off" "1 1" \
	"$(seen_on_cpu_1 "$back")" "$ledger"

# How many registers are left while two are in use.
registers=1
while echo $registers >"$helper/registers"; do
	echo off >"$helper/registers"
	registers=$((registers + 1))
done 2>/dev/null
registers=$((registers + 1))
release
wait_until 20 watch_is freed
watched
equal "watch-hotplug: it closes" "0 0 0 0" \
	"$(for word in users count lost unknown; do
		watch_word $word ledger
	done | xargs)" "$ledger"
# It lets go of them a little after it says that it has ended.
take_registers()
{
	{ echo $registers >"$helper/registers"; } 2>/dev/null
}
wait_until 20 take_registers
equal "watch-hotplug: no register is kept on any CPU" 0 $?
echo off >"$helper/registers"

# The module goes while a CPU is off on which it had been armed.
hold threads 1
watch "$(truth_of pid ready=1)"
echo 0 >$cpu1
unload
echo 1 >$cpu1
equal "watch-hotplug: unload with a CPU off: no register is kept" "" \
	"$({ echo $registers >"$helper/registers"; } 2>&1)"
echo off >"$helper/registers"
release
