#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A tracepoint that somebody uses holds the module: by a trigger, by an event that is
# enabled. rmmod says so, and works when it is given up.

. "${0%/*}/common"

event=/sys/kernel/tracing/events/mmscope/fork_end

# held NAME: the module cannot be unloaded, and goes on.
held()
{
	if rmmod mmscope 2>"$scratch/rmmod"; then
		not_ok "trigger: $1 holds the module" "it was unloaded"
		return 1
	fi
	ok "trigger: $1 holds the module"
	within "trigger: $1: rmmod says why" 1 10 \
		"$(grep -ciE 'busy|in use|unavailable' "$scratch/rmmod")" "$scratch/rmmod"
	record mm-workload fork --count 5
	equal "trigger: $1: recording goes on" 5 \
		"$(count_records 'type == "fork_end" && how == "fork" && field("result") > 0 &&
			pid == parent' parent="$(truth_of parent what=clone | head -n 1)")" \
		"$events"
}

let_go()
{
	if rmmod mmscope 2>"$scratch/rmmod"; then
		ok "trigger: without $1 it is unloaded"
	else
		not_ok "trigger: without $1 it is unloaded" "see below" "$scratch/rmmod"
	fi
}

mark_log
load
start_recording
echo 'hist:keys=how:vals=ns' >"$event/trigger" 2>"$scratch/errors"
if grep -q '^hist:' "$event/trigger"; then
	if held "a hist trigger"; then
		within "trigger: and the trigger counts" 1 1000 \
			"$(awk '/hitcount/ { n++ } END { print n + 0 }' "$event/hist")" \
			"$event/hist"
		echo '!hist:keys=how:vals=ns' >"$event/trigger"
		let_go "a hist trigger"
	fi
else
	skip "trigger: a hist trigger" "this kernel has none: $(cat "$scratch/errors")"
	unload
fi

load
echo 1 >"$event/enable"
if held "an event that is enabled"; then
	echo 0 >"$event/enable"
	let_go "an event that is enabled"
fi

# What the kernel says of a probe that is left on a tracepoint.
log_since_mark | grep -E 'WARNING|tracepoint_module_notify' >"$scratch/wrong"
empty "trigger: the kernel says nothing" "$scratch/wrong"
