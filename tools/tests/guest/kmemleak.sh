#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Loaded, used in every way, and unloaded: the kernel's own search finds no memory
# that nobody owns any more, neither while the module is there nor afterwards; and
# the same after loads that failed half-way for want of memory.
#
# config: DEBUG_KMEMLEAK FAULT_INJECTION_STACKTRACE_FILTER FAILSLAB FAIL_PAGE_ALLOC
# append: kmemleak=on
# timeout: 1200

. "${0%/*}/common"
# shellcheck source=faults-common
. "${0%/*}/faults-common"

use_everything()
{
	mm-workload storm --clones 100 >"$truth" || give_up "storm"
	echo types=fork_end,copy_mm >"$debugfs/filter" || give_up "set a filter"
	echo comm=mm-workload >"$debugfs/filter" || give_up "set another"
	mm-workload fork --count 3 >>"$truth" || give_up "fork"
	echo off >"$debugfs/filter" || give_up "take the filter away"
	for file in "$debugfs"/*; do
		cat "$file" >/dev/null || give_up "read $file"
	done
	mmscope record -o "$scratch/capture" -- mm-workload tree --depth 3 \
		</dev/null >>"$truth" 2>&1 || give_up "mmscope record"
}

leaks_begin
for parameters in 'enable=1' 'enable=1 attach=kprobe overwrite=0 ring_kib=64'; do
	# shellcheck disable=SC2086 # parameters are words
	load_with $parameters
	use_everything
	leaks_find
	empty "kmemleak: $parameters: nothing while it is loaded" "$scratch/leaks"
	unload
	leaks_find
	empty "kmemleak: $parameters: nothing after it is unloaded" "$scratch/leaks"
done

prepare_faults
only_below_initcall
inject --step 7 load "$module" 'enable=1 max_clones=16 max_mms=64 ring_kib=16'
within "kmemleak: the witness made some loads fail" 5 1000 \
	"$(grep -c 'injected=1 result=-12' "$truth")" "$truth"
leaks_find
empty "kmemleak: nothing after loads that failed" "$scratch/leaks"
