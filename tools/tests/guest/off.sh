#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Loaded and not recording: nothing is attached, the kernel's text is as it was.

. "${0%/*}/common"

# All that is attached to functions, by the kernel's own lists; and the jump
# labels and trampolines of the tracepoints that mmscope uses, by their hits.
attached()
{
	cat /sys/kernel/debug/kprobes/list
	sed 's/ *->.*//' /sys/kernel/tracing/enabled_functions
}

hits()
{
	awk '!/^#/ { print $1, $6 }' "$debugfs/probes"
}

attached >"$scratch/before"
load
attached >"$scratch/loaded"
equal "off: loading attaches nothing" "$(cat "$scratch/before")" \
	"$(cat "$scratch/loaded")"
for attach in auto kprobe; do
	unload
	load_with attach=$attach
	start_recording
	attached >"$scratch/on"
	within "off: attach=$attach: the witness sees what is attached" 5 1000 \
		$(($(wc -l <"$scratch/on") - $(wc -l <"$scratch/before"))) \
		"$scratch/on"
	stop_recording
	attached >"$scratch/off"
	equal "off: attach=$attach: and that it is gone" \
		"$(cat "$scratch/before")" "$(cat "$scratch/off")"
	hits >"$scratch/hits"
	mm-workload storm --clones 50 >/dev/null
	equal "off: attach=$attach: nothing is hit any more" \
		"$(cat "$scratch/hits")" "$(hits)"
done
