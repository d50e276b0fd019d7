#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a copy cost: VMAs, pages and page tables against what /proc says of a
# child that has not run yet; the copy's time is a part of the call's.

. "${0%/*}/common"

page_kib=4
# Page tables beyond what the copy needs can only be there if the kernel put
# them there; what counts is that mmscope says what /proc says.
copy_of()
{
	records 'type == "copy_mm" && field("child") == wanted {
		print how, field("vmas"), field("pages"), field("pgtable_pages")
	}' wanted="$1"
}

# Which of the two is greater on which machine is for benchmarks to say.
times_of()
{
	records 'type == "dup_mm" && pid == wanted { copy = field("ns") }
		type == "fork_end" && pid == wanted { print copy, field("ns") }' \
		wanted="$1"
}

load
while read -r vmas pages; do
	record mm-workload dup --vmas "$vmas" --pages "$pages"
	name="dup: $vmas more VMAs, $pages more pages"
	equal "$name" "dup $(truth_of vmas what=dup) $((
		$(truth_of rss_kib what=dup) / page_kib)) $((
		$(truth_of pgtable_kib what=dup) / page_kib))" \
		"$(copy_of "$(truth_of child what=dup)")" "$truth"
	times_of "$(truth_of parent what=dup)" >"$scratch/times"
	read -r copy_ns call_ns <"$scratch/times"
	within "$name: the copy's time" 1 "$((${call_ns:-0} - 1))" \
		"${copy_ns:-none}" "$events"
done <<END
0 0
0 5000
500 0
300 2000
END
