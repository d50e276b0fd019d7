#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# watch: more changes than the log holds, made on all CPUs at once: those that it
# has no room for are counted, and the sums stay exact. Each read of
# /proc/PID/environ takes one mm_users and gives it back, and dd counts its reads.
#
# long: the log is the same on every kernel
# timeout: 300

. "${0%/*}/common"
. "${0%/*}/watch-common"

room=32768
# Two changes a read, so that one reader alone fills the log.
bytes=18000

load
watch_supported
environment=$(head -c $bytes /dev/zero | tr '\0' x)
export MMSCOPE_TEST="$environment"
hold threads 1
unset MMSCOPE_TEST
pid=$(truth_of pid ready=1)
watch "$pid"
watched
first=$(watch_word users armed)
cpu=0
readers=
while [ $cpu -lt "$(cpus)" ]; do
	taskset $((1 << cpu)) dd if="/proc/$pid/environ" of=/dev/null bs=1 \
		2>"$scratch/dd.$cpu" &
	readers="$readers $!"
	cpu=$((cpu + 1))
done
# shellcheck disable=SC2086 # several pids
wait $readers
# It says "N+0 records in"; the last read finds the end of the file.
reads=$(cat "$scratch"/dd.* | sed -n 's/+.* records in$//p' |
	awk '{ n += $1 + 1 } END { print n }')
watched
within "watch-lost: reads there were" $((bytes + 1)) 1000000 "$reads" \
	"$scratch/dd.0"
within "watch-lost: changes, by what dd did" $((2 * reads)) 1000000 \
	"$(watch_word changes ledger)" "$ledger"
equal "watch-lost: what has no room is counted" \
	"$(($(watch_word changes ledger) - room))" "$(watch_word lost ledger)"
equal "watch-lost: the log is full" $room "$(grep -vc '^#' "$ledger")"
equal "watch-lost: the sums are exact" "$first agrees" \
	"$(watch_word users ledger) $(awk '$2 == "memory" { print $3 }' "$ledger")"
release
wait_until 20 watch_is freed
watched
equal "watch-lost: it closes" "0 0 0" "$(for word in users count unknown; do
	watch_word $word ledger
done | xargs)"
