#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Loaded, used in every way, and unloaded: the kernel's own search finds no memory
# that nobody owns any more, neither while the module is there nor afterwards.
#
# config: DEBUG_KMEMLEAK
# append: kmemleak=on
# timeout: 1200

. "${0%/*}/common"

use_everything()
{
	mm-workload storm --clones 100 >"$truth" || give_up "storm"
	echo type=fork_end,copy_mm >"$debugfs/filter" || give_up "set a filter"
	echo comm=mm-workload >"$debugfs/filter" || give_up "set another"
	mm-workload fork --count 3 >>"$truth" || give_up "fork"
	echo >"$debugfs/filter" || give_up "take the filter away"
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
