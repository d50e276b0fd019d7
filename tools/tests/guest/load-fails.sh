#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A load that fails when nearly all is done: nobody can have opened anything of it, and
# nothing is left behind. Somebody tries to open a file all the while.

. "${0%/*}/common"

# opener KEEP: opens a file as soon as there is one, and has it open while KEEP runs.
opener()
{
	until { echo yes >>"$scratch/opened"; "$1"; } 8<"$debugfs/stats"; do
		[ ! -e "$scratch/stop" ] || return
	done 2>/dev/null
}

longer_than_a_failed_load()
{
	sleep 2
}

until_told()
{
	until [ -e "$scratch/stop" ]; do
		sleep 0.05
	done
}

left_behind()
{
	cat /sys/kernel/debug/kprobes/list
	sed 's/ *->.*//' /sys/kernel/tracing/enabled_functions
	ls -d /sys/kernel/tracing/events/mmscope "$debugfs" /sys/module/mmscope 2>/dev/null
	grep mmscope /proc/vmallocinfo
	[ ! -e /sys/devices/system/cpu/hotplug/states ] ||
		grep mmscope /sys/devices/system/cpu/hotplug/states
}

left_behind >"$scratch/before"
opener longer_than_a_failed_load &
opening=$!
# More than there is for one CPU's ring: all else has been had by then.
for _ in 1 2 3; do
	if insmod "$module" enable=1 ring_kib=1048576 2>"$scratch/insmod"; then
		not_ok "load-fails: with rings larger than memory" "it was loaded"
		rmmod mmscope
	fi
done
touch "$scratch/stop"
# Who got one open has it closed before the end.
wait $opening
if [ -e "$scratch/opened" ]; then
	not_ok "load-fails: no file can be opened before loading has succeeded" \
		"$(wc -l <"$scratch/opened") times"
else
	ok "load-fails: no file can be opened before loading has succeeded"
fi
left_behind >"$scratch/after"
equal "load-fails: nothing is left behind" "$(cat "$scratch/before")" \
	"$(cat "$scratch/after")"

# The same opener gets what it wants of a load that succeeds, and holds the module.
rm -f "$scratch/stop" "$scratch/opened"
opener until_told &
opening=$!
load_with enable=1 ring_kib=64
if wait_until 10 test -e "$scratch/opened"; then
	ok "load-fails: the witness can open a file when it has"
	if rmmod mmscope 2>/dev/null; then
		not_ok "load-fails: and holds the module" "it was unloaded"
	else
		ok "load-fails: and holds the module"
	fi
else
	not_ok "load-fails: the witness can open a file when it has" "it did not in 10 s"
fi
touch "$scratch/stop"
wait $opening
unload
