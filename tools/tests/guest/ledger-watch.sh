#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Sites against hardware watchpoints, one to one, over all that one process can
# meet: threads, vfork, fork, exec, sleep, /proc, ptrace, process_vm_readv, an exit
# while somebody holds it. The same changes at the same instructions in the same
# order, none missing, none extra.

. "${0%/*}/common"
. "${0%/*}/ledger-common"
. "${0%/*}/watch-common"

# What the watchpoints saw, in $ledger: CPU counter delta where. Of the scheduler's own two
# places only the function: the ledger has them from the tracepoint.
watch_story()
{
	changes '{
		sub(/^context_switch[.+].*/, "__schedule+", where)
		if (where ~ /^(__schedule|finish_task_switch)[.+]/)
			sub(/[.+].*/, "", where)
		print cpu, counter, (delta > 0 ? "+" delta : delta), where
	}'
}

# The same of the records about an mm after a time.
ledger_story()
{
	records '
	mm != wanted || ns <= from { next }
	type == "ref" {
		delta = field("delta") + 0
		print cpu, how, (delta > 0 ? "+" delta : delta), field("site")
	}
	how != "context_switch" { next }
	type == "lazy_borrow" { print cpu, "count", "+1", "__schedule" }
	type == "lazy_return" { print cpu, "count", "-1", "finish_task_switch" }' \
		wanted="$1" from="$2"
}

# Whose order is the same on both sides: what one CPU does. A return is told before
# the switch and carried out after it, so another CPU may come in between.
by_cpu()
{
	sort -s -k 1,1n "$1"
}

load
watch_supported
if [ "$(uname -m)" = aarch64 ]; then
	skip "ledger-watch" "an instruction that has a probe is invisible to watchpoints here"
	exit
fi
# One life, told by both.
live()
{
	set_ledger 1
	hold life
	victim=$(truth_of pid what=life)
	watch "$victim"
	release
	wait_until 20 watch_is freed
	watched
	stop_recording
	take_events
	mm=$(mm_of "$victim")
	armed=$(awk '$1 == "#" && $2 == "armed" { split($3, t, "."); print t[1] t[2] }' \
		"$ledger")
	watch_story >"$scratch/by_watch"
	ledger_story "$mm" "${armed:-none}" >"$scratch/by_ledger"
	by_cpu "$scratch/by_watch" >"$scratch/watch.sorted"
	by_cpu "$scratch/by_ledger" >"$scratch/ledger.sorted"
	diff "$scratch/watch.sorted" "$scratch/ledger.sorted" >"$scratch/differs"
}

# The same but for the order.
same_changes()
{
	sort "$scratch/by_watch" >"$scratch/watch.set"
	sort "$scratch/by_ledger" | diff "$scratch/watch.set" - >"$scratch/missing"
}

# A task that is preempted between a probe and its instruction has the switch on the
# other side of it: that may happen to one life in many, not to each.
lives=1
until live || [ $lives = 3 ] || ! same_changes; do
	echo "  preempted between a probe and its instruction; once more"
	sed 's/^/    /' "$scratch/differs"
	lives=$((lives + 1))
	unload
	load
done
empty "ledger-watch: the same changes, in the same order, none missing, none extra" \
	"$scratch/differs"
within "ledger-watch: there were so many" 40 100000 \
	"$(grep -c . "$scratch/by_watch")" "$scratch/by_watch"
for function in "$(difference share_take)" do_exit mmput "$(difference last_count)" \
	"$(difference other_mm)" proc_mem_open get_task_mm mem_release; do
	grep -q " ${function}[.+]" "$scratch/by_ledger" || echo "$function"
done >"$scratch/unseen"
empty "ledger-watch: what the process met is in it" "$scratch/unseen"
equal "ledger-watch: lost" 0 "$(lost_in_all)"
echo "  $(grep -c . "$scratch/by_ledger") changes," \
	"$(grep -c users "$scratch/by_ledger") of users"
unload
