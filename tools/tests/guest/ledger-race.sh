#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Two CPUs change the counters of one mm at the same time, by cmpxchg too
# (mmget_not_zero()), which fails now and then and is tried again: not one change too
# many or too few.
#
# cpus: 2

. "${0%/*}/common"
. "${0%/*}/ledger-common"

reads=$(rounds 300 100)
victim=

# Each takes and drops users and count of the victim's mm.
read_all()
{
	turns=0
	while [ $turns -lt "$reads" ]; do
		cat "/proc/$victim/environ" "/proc/$victim/maps" \
			"/proc/$victim/smaps_rollup" >/dev/null || return
		turns=$((turns + 1))
	done
}

load_with ring_kib=4096
hold threads 2
victim=$(truth_of pid ready=1)
set_ledger 1
read_all &
one=$!
read_all &
other=$!
wait $one || give_up "reading /proc/$victim"
wait $other || give_up "reading /proc/$victim"
take ledger
within "ledger-race: the mm was changed so often" $((reads * 6)) 100000000 \
	"$(function_sum mmput puts)" "$scratch/ledger"
release
visit_all_cpus
everything_closes ledger-race
unload
