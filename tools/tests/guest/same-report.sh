#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The report of one and the same work is the same on every kernel: expected-report
# has its lines, which nothing but kernel-differences may change. Left out is what
# is no two times the same on one kernel either: times, pids, pages (which of a
# program's pages are there when it forks depends on what the page cache maps
# around a fault), and who borrowed what and let go of it last, which is the
# scheduler's choice; other tests have those.

. "${0%/*}/common"

expected=${0%/*}/expected-report

work()
{
	# Full paths: looking through PATH makes and drops mm's on some kernels.
	workload=$(command -v mm-workload)
	mmscope record -o "$scratch/capture" -- /bin/sh -c "
		$workload threads 2
		$workload fork
		$workload vfork
		$workload clone VM,FILES
		$workload clone3 0
		$workload fail set-tid
		$workload fail set-tid-share
		$workload fail sighand
		$workload posix-spawn
		$workload vfork-exec
		$workload exec
		$workload exec-thread" </dev/null >"$truth" 2>"$scratch/errors" ||
		give_up "mmscope record: $(cat "$scratch/errors")"
}

# The rows that the scheduler and the clock have no part in, without what may differ.
same_everywhere()
{
	grep -E '"table":"(capture|lost|forks|failures|spawns|lives)"' |
		sed -E '
		s/"[a-z0-9_]*_ns":[0-9]+,?//g
		s/"(name|kernel_release)":"[^"]*",?//g
		s/"(records|cpus|pages|pgtable_kib|freed|freed_undied)":[0-9]+,?//g
		s/,\}/}/' | sort
	# Each kind of clone as it was asked for, with their number.
	mmscope events -i "$scratch/capture" >"$events"
	records 'type == "fork_begin" { print type, how, "flags=" field("clone_flags"), \
		"exit_signal=" field("exit_signal") }' | sort | uniq -c | sed 's/^ *//'
}

load
work
mmscope report -i "$scratch/capture" --json >"$scratch/report" 2>"$scratch/errors" ||
	give_up "mmscope report: $(cat "$scratch/errors")"
same_everywhere <"$scratch/report" >"$scratch/got"
sed -e '/^#/d' -e "s/VMAS/$(difference report_vmas)/g" "$expected" >"$scratch/wanted"
if diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"; then
	ok "same-report: as on every kernel"
else
	not_ok "same-report: as on every kernel" "< expected-report, > here" "$scratch/differs"
	cp "$scratch/report" "$scratch/got" "$results"
fi
