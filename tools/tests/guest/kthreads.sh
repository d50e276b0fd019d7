#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel thread has no mm: copy_mm takes the path none.

. "${0%/*}/common"

make_three()
{
	echo 3 >"$helper/kthreads" && cat "$helper/kthreads"
}

load
load_helper
record make_three
truth_of pid what=kthread | sort -n >"$scratch/wanted"
equal "kthreads: the witness made three" 3 "$(wc -l <"$scratch/wanted")"
for type in copy_mm fork_end; do
	records '
	type == wanted && type == "copy_mm" && how == "none" {
		if (mm == 0 && field("new_mm") == 0)
			print field("child")
	}
	type == wanted && type == "fork_end" && how == "kthread" {
		if (field("path") == "none")
			print field("result")
	}' wanted=$type | sort -n >"$scratch/$type"
	# Others may come to be meanwhile: these three must be there.
	equal "kthreads: each has its $type with path none" \
		"$(cat "$scratch/wanted")" \
		"$(grep -Fx -f "$scratch/wanted" "$scratch/$type")" "$events"
done
cat "$debugfs/forks" >"$scratch/forks"
within "kthreads: they are a row of their own in forks" 3 1000 \
	"$(awk '$1 == "none" && $2 == "kthread" { print $3 }' "$scratch/forks")" \
	"$scratch/forks"
