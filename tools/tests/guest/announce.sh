#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Writing 1 while recording announces what is there once more: every mm with its
# id of before, every loan, every task's name.

. "${0%/*}/common"

# This shell, all from which it descends, and the workload: none of them comes or goes.
stayed_processes()
{
	stayed=$$
	while [ "$stayed" -gt 0 ]; do
		! grep -q . "/proc/$stayed/maps" || echo "$stayed"
		stayed=$(awk '/^PPid:/ { print $2 }' "/proc/$stayed/status")
	done
	echo "$pid"
}

load
start_recording
hold threads 2
pid=$(truth_of pid ready=1)
take_events
mm=$(mm_of "$pid")
# What was recorded so far is taken away.
cat "$debugfs"/cpu* >/dev/null
cat "$debugfs/mms" >"$scratch/before"
until=$(records '{ last = ns > last ? ns : last } END { printf "%.0f", last }')
echo 1 >"$debugfs/enable" || give_up "write 1 to enable once more"
take_events
cat "$debugfs/mms" >"$scratch/after"
release
stop_recording
records 'type == "mm_birth" && how == "found" && ns > until {
	print mm, field("owner"), field("users") }' until="$until" >"$scratch/found"
equal "announce: the mm, by its id of before, with its users" "3" \
	"$(awk -v mm="$mm" '$1 == mm { print $3 }' "$scratch/found")" "$scratch/found"

# Those that there were before and after, by the first columns of mms; the witness of how
# many processes have one is /proc.
awk 'FILENAME == ARGV[1] { owner[$1] = $2 == "live" ? $11 : ""; next }
	$2 == "live" && owner[$1] == $11 && !/^#/ { print $1, $11 }' \
	"$scratch/before" "$scratch/after" >"$scratch/stayed"
awk 'FILENAME == ARGV[1] { said[$1 " " $2] = 1; next }
	!($0 in said)' "$scratch/found" "$scratch/stayed" >"$scratch/missing"
empty "announce: every mm that stayed, with its id and its owner of before" \
	"$scratch/missing"
within "announce: these are as many as processes that stayed: init, the shells, the workload" \
	"$(stayed_processes | wc -l)" 1000 "$(wc -l <"$scratch/stayed")" "$scratch/stayed"
cut -d ' ' -f 1 "$scratch/found" | sort | uniq -d >"$scratch/wrong"
empty "announce: no mm twice" "$scratch/wrong"
# Also those that are dead, or came meanwhile, are some mm's of the table, by their ids.
awk 'NR == FNR { if (!/^#/) last = $1 > last ? $1 : last; next }
	$1 < 1 || $1 > last' "$scratch/after" "$scratch/found" >"$scratch/wrong"
empty "announce: no id that is none's" "$scratch/wrong"
# Of this shell, who wrote, and of the workload: a name for each.
for who in $$ "$pid"; do
	equal "announce: the name of $who comes again" 1 "$(records '
		type == "comm" && ns > until && pid == who { n++ } END { print (n > 0) }' who="$who" \
		until="$until")" "$events"
done
