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
		[ ! -s "/proc/$stayed/maps" ] || echo "$stayed"
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
echo 1 >"$debugfs/enable" || give_up "write 1 to enable once more"
take_events
cat "$debugfs/mms" >"$scratch/after"
release
stop_recording
records 'type == "mm_birth" && how == "found" { print mm, field("owner") }' |
	sort >"$scratch/found"
equal "announce: the mm, by its id of before, with its users" "3" "$(records '
	type == "mm_birth" && how == "found" && mm == wanted { print field("users") }' \
	wanted="$mm")" "$events"

# Those that there were before and after, by the first columns of mms; the witness of how
# many processes have one is /proc.
awk '!/^#/ && $2 == "live" { print $1, $11 }' "$scratch/before" | sort >"$scratch/live"
awk '!/^#/ && $2 == "live" { print $1, $11 }' "$scratch/after" | sort |
	comm -12 "$scratch/live" - >"$scratch/stayed"
comm -23 "$scratch/stayed" "$scratch/found" >"$scratch/missing"
empty "announce: every mm that stayed, with its id and its owner of before" \
	"$scratch/missing"
within "announce: these are as many as processes that stayed: init, the shells, the workload" \
	"$(stayed_processes | wc -l)" 1000 "$(wc -l <"$scratch/stayed")" "$scratch/stayed"
cut -d ' ' -f 1 "$scratch/found" | uniq -d >"$scratch/wrong"
empty "announce: no mm twice" "$scratch/wrong"
# Also those that are dead, or came meanwhile, are some mm's of the table, by their ids.
awk 'NR == FNR { if (!/^#/) last = $1 > last ? $1 : last; next }
	$1 < 1 || $1 > last' "$scratch/after" "$scratch/found" >"$scratch/wrong"
empty "announce: no id that is none's" "$scratch/wrong"
# Of this shell, who wrote, and of the workload: a name for each.
for who in $$ "$pid"; do
	equal "announce: the name of $who comes again" 1 "$(records '
		type == "comm" && pid == who { n++ } END { print (n > 0) }' who="$who")" \
		"$events"
done
