#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# vfork's parent waits for its child, and that wait is told apart from the call.

. "${0%/*}/common"

ms=200

load
record mm-workload vfork --sleep-ms $ms
took_ns=$(truth_of took_ns what=vfork)
child=$(truth_of result what=clone)
ns=$(records 'type == "fork_end" && field("result") == wanted {
	print field("ns") }' wanted="$child")
vfork_ns=$(records 'type == "exit_mm" && pid == wanted && !n++ {
	print field("vfork_ns") }' wanted="$child")
within "vfork: the wait is as long as the child slept" \
	$((ms * 1000000)) "$took_ns" "${vfork_ns:-none}" "$events"
within "vfork: the call is without the wait" \
	1 $((took_ns - ms * 1000000)) "${ns:-none}" "$events"
cat "$debugfs/forks" >"$scratch/forks"
max_ns=$(awk '$1 == "share" && $2 == "vfork" { print $7 }' "$scratch/forks")
# As long as the longest call, whoever made it.
within "vfork: the statistics leave the wait out" \
	1 "$(records 'type == "fork_end" && how == "vfork" && field("ns") > most {
		most = field("ns") } END { print most + 0 }')" "${max_ns:-none}" "$scratch/forks"

record mm-workload fork
equal "vfork: a fork has no such wait" 0 "$(records '
	type == "exit_mm" && pid == wanted && !n++ { print field("vfork_ns") }
' wanted="$(truth_of result what=clone)")" "$events"
