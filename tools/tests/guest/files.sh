#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The files: modes, header lines, no kernel address in any, and all of them read
# at once, by several readers, while the system is busy.

. "${0%/*}/common"

tables="events forks mms borrows ledger holders stacks candidates watch probes stats"
texts="README enable filter metadata $tables"

# Small rings: what is read over and over is all that they hold.
load_with ring_kib=64
stat -c '%a %n' "$debugfs" "$debugfs"/* | sed "s,$debugfs,mmscope," \
	>"$scratch/modes"
grep -vE '^(700 mmscope|600 mmscope/(enable|filter|ledger|watch)|400 mmscope/(README|metadata|events|forks|mms|borrows|holders|stacks|candidates|probes|stats|cpu[0-9]+))$' \
	"$scratch/modes" >"$scratch/wrong"
empty "files: modes" "$scratch/wrong"
equal "files: all that are documented, and a cpuN for each CPU" \
	$((1 + 15 + $(cpus))) "$(grep -c . "$scratch/modes")" "$scratch/modes"

for file in $tables; do
	head -n 1 "$debugfs/$file" | grep -q '^#' || echo "$file: no header line"
done >"$scratch/wrong"
empty "files: header lines before anything was recorded" "$scratch/wrong"

mm-workload churn --seconds 60 --rest-us 5000 >/dev/null &
churn=$!
start_recording
for reader in 1 2 3; do
	(
		for turn in 1 2; do
			for file in $texts; do
				cat "$debugfs/$file" >"$scratch/$file.$reader" ||
					echo "$file: not readable in turn $turn"
				case " $tables " in
				*" $file "*)
					head -n 1 "$scratch/$file.$reader" | grep -q '^#' ||
						echo "$file: no header line in turn $turn"
					;;
				esac
			done
		done
	) >"$scratch/reader.$reader" 2>&1 &
	readers="${readers-} $!"
done
# shellcheck disable=SC2086 # several pids
wait $readers
stop_recording
kill $churn
wait $churn
cat "$scratch"/reader.? >"$scratch/wrong"
empty "files: three readers at once, under load" "$scratch/wrong"

# One line of each table has as many cells as the next; text comes last.
for file in forks borrows stats; do
	awk -v file=$file '/^#/ { next } cells && NF != cells {
		print file ": " $0
	} { cells = NF }' "$scratch/$file.1"
done >"$scratch/wrong"
empty "files: columns" "$scratch/wrong"

# Who reads on after the end of events gets what was recorded since, and no more.
exec 8<"$debugfs/events"
cat <&8 >"$scratch/before"
cat <&8 >"$scratch/nothing"
start_recording
mm-workload fork >"$truth" || give_up "mm-workload fork"
stop_recording
cat <&8 >"$scratch/since"
exec 8<&-
empty "files: nothing after the end of events while nothing is recorded" \
	"$scratch/nothing"
events_from=$scratch/since
equal "files: then what was recorded since" 1 "$(count_records 'type == "fork_end" &&
	field("result") == child' child="$(truth_of result what=clone)")" "$scratch/since"
bare_lines "$scratch/before" >"$scratch/before.bare"
bare_lines "$scratch/since" >"$scratch/since.bare"
awk 'NR == FNR { before[$0]; next } $0 in before' "$scratch/before.bare" "$scratch/since.bare" \
	>"$scratch/again"
empty "files: and no record twice" "$scratch/again"

cat "$debugfs"/cpu* >"$scratch/binary"
within "files: there is something to be read in cpuN" 64 100000000 \
	"$(wc -c <"$scratch/binary")"
# A kernel address has its upper bits set: ffff8..., ffffffff8... and the like.
(
	for file in $texts; do
		grep -HnoiE 'ffff[0-9a-f]{12}' "$scratch/$file".?
	done
	od -A n -t x8 -v "$scratch/binary" |
		grep -nE ' (ffff[89a-e]|ffffffff[89a-c])'
) | head -n 10 >"$scratch/wrong"
empty "files: no kernel address anywhere" "$scratch/wrong"
