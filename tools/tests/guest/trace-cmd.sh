#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# trace-cmd uses mmscope's tracepoints without a line of glue, and counts what the
# ring counts.
#
# needs: trace-cmd
# long: about a program that reads what tracepoints.sh has shown

. "${0%/*}/common"

load
start_recording
trace-cmd record -q -o "$scratch/trace.dat" -e mmscope:copy_mm \
	-e mmscope:fork_end mm-workload --cpu 0 storm --cpus 1 --clones 100 \
	>"$truth" 2>"$scratch/errors" ||
	give_up "trace-cmd record: $(cat "$scratch/errors")"
stop_recording
take_events
trace-cmd report -q "$scratch/trace.dat" >"$scratch/report" 2>"$scratch/errors" ||
	give_up "trace-cmd report: $(cat "$scratch/errors")"

# The worker is who made the most children; the storm's own fork of it is extra.
worker=$(records 'type == "fork_end" && how == "fork" { n[pid]++ }
END {
	for (who in n)
		if (n[who] > n[most])
			most = who
	print most
}')
for kind in fork vfork clone thread; do
	wanted=$(truth_of ok what=kind kind=$kind)
	[ $kind != fork ] || wanted=$((wanted - 1))
	equal "trace-cmd: $kind in the ring, as the storm knows" "$wanted" \
		"$(count_records 'type == "fork_end" && how == kind && pid == who' \
			kind=$kind who="$worker")" "$truth"
	equal "trace-cmd: $kind in its own file" "$wanted" \
		"$(grep -cE -e "-$worker +\[.*fork_end:.* how=$kind " \
			"$scratch/report")" "$scratch/report"
done
