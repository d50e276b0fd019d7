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

# The text itself, by /proc/kcore, where the kernel has that.
save_text()
{
	[ -z "${MMSCOPE_RANGES-}" ] ||
		mm-workload text save "$MMSCOPE_RANGES" "$scratch/text" || give_up "save the text"
}

# compare_text same|other
compare_text()
{
	if mm-workload text compare "$MMSCOPE_RANGES" "$scratch/text" >"$scratch/differs"; then
		text=same
	else
		text=other
	fi
	[ $text = "$1" ]
}

# text_is same|other NAME: the kernel takes an optimized probe's jump away a little after
# the probe has gone.
text_is()
{
	[ -n "${MMSCOPE_RANGES-}" ] || return
	wait_until 5 compare_text "$1"
	equal "$2" "$1" "$text" "$scratch/differs"
}

attached >"$scratch/before"
save_text
load
attached >"$scratch/loaded"
equal "off: loading attaches nothing" "$(cat "$scratch/before")" \
	"$(cat "$scratch/loaded")"
text_is same "off: loading leaves the text as it is"
for attach in auto kprobe; do
	unload
	load_with attach=$attach
	start_recording
	attached >"$scratch/on"
	within "off: attach=$attach: the witness sees what is attached" 5 1000 \
		$(($(wc -l <"$scratch/on") - $(wc -l <"$scratch/before"))) \
		"$scratch/on"
	text_is other "off: attach=$attach: the witness sees that the text is another"
	echo 1 >"$debugfs/ledger" || give_up "write 1 to ledger"
	echo 0 >"$debugfs/ledger"
	stop_recording
	text_is same "off: attach=$attach: the text is what it was before"
	attached >"$scratch/off"
	equal "off: attach=$attach: and that it is gone" \
		"$(cat "$scratch/before")" "$(cat "$scratch/off")"
	hits >"$scratch/hits"
	mm-workload storm --clones 50 >/dev/null
	equal "off: attach=$attach: nothing is hit any more" \
		"$(cat "$scratch/hits")" "$(hits)"
done
