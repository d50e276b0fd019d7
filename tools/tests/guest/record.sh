#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# mmscope record -- COMMAND: the command's exit status, the command and its
# descendants and nobody else, and the module's state as it was before.
#
# long: about the reader, which is the same for all kernels

. "${0%/*}/common"

load
echo 'comm=nobody' >"$debugfs/filter"

mmscope record -o "$scratch/status" -- sh -c 'exit 7' 2>"$scratch/errors"
equal "record: passes the exit status on" 7 $? "$scratch/errors"

mm-workload churn --seconds 60 --rest-us 1000 >/dev/null 2>&1 &
churn=$!
mmscope record -o "$scratch/capture" -- mm-workload tree --depth 4 </dev/null \
	>"$truth" 2>"$scratch/errors"
equal "record: of what succeeds: 0" 0 $? "$scratch/errors"
kill $churn
wait $churn
mmscope events -i "$scratch/capture" >"$events" 2>"$scratch/errors" ||
	give_up "mmscope events: $(cat "$scratch/errors")"
truth_of result what=clone | sort >"$scratch/wanted"
equal "record: the witness made four" 4 "$(wc -l <"$scratch/wanted")" "$truth"
records 'type == "fork_end" { print field("result") }' | sort >"$scratch/got"
equal "record: the command's clones and its descendants', nobody else's" \
	"$(cat "$scratch/wanted")" "$(cat "$scratch/got")" "$events"
equal "record: the filter is as it was" comm=nobody "$(cat "$debugfs/filter")"
equal "record: recording is as it was" 0 "$(grep -v '^#' "$debugfs/enable")"

mmscope record -o "$scratch/none" -- /no/such/command 2>"$scratch/errors"
equal "record: a command that is not there" 127 $? "$scratch/errors"
