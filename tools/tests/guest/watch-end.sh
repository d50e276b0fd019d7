#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# watch: how a watch begins and ends: bad values change nothing, a second one takes
# the place of the first, exec ends it, registers that others have are left to
# them, and the module can go while it is armed.

. "${0%/*}/common"
. "${0%/*}/watch-common"

# starts PROGRAM WORD...: in the background as $started; returns when it is that.
starts()
{
	"$@" &
	started=$!
	wait_until 10 grep -qx "$1" "/proc/$started/comm" || give_up "start $*"
}

# A process that does nothing but wait, so that nobody else changes its counters.
hold_one()
{
	hold threads 1
	pid=$(truth_of pid ready=1)
}

load
load_helper
watch_supported
watched
equal "watch-end: PID 2 is a kernel thread" kthreadd "$(cat /proc/2/comm)"
equal "watch-end: nothing is armed at first" "# state off" \
	"$(sed -n 2p "$ledger")" "$ledger"
echo off >"$debugfs/watch" || not_ok "watch-end: off while off" "refused"

hold_one
watch "$pid"
watched
sed -n 2,3p "$ledger" >"$scratch/before"
for text in 0 -1 x 2147483648 "$pid $pid" "$pid x" on "" 2; do
	[ "$(watch_error "$text")" = "Invalid argument" ] || echo "'$text'"
done >"$scratch/wrong"
empty "watch-end: nonsense, and a kernel thread" "$scratch/wrong"
# The pid of one that is gone, and of one that is dead and still waited for.
sh -c 'exit' &
gone=$!
wait $gone
sh -c 'sleep 0.1 & exec sleep 1000' &
parent=$!
zombie()
{
	ps -o pid,ppid,stat | awk -v parent=$parent '$2 == parent && $3 ~ /^Z/ {
		print $1
		found = 1
	}
	END { exit !found }'
}
wait_until 10 zombie >"$scratch/zombie"
for text in $gone "$(cat "$scratch/zombie")" 4194303; do
	[ "$(watch_error "$text")" = "No such process" ] || echo "'$text'"
done >"$scratch/wrong"
empty "watch-end: a process that is gone, or has no mm any more" "$scratch/wrong"
kill $parent
watched
sed -n 2,3p "$ledger" | diff "$scratch/before" - >"$scratch/wrong"
empty "watch-end: a value that is refused changes nothing" "$scratch/wrong"

# A second watch: the first one's log goes, it sees the other process only.
starts sleep 1000
other=$started
watch $other
watched
equal "watch-end: a second one takes the place of the first" "armed $other" \
	"$(watch_word state) $(watch_word pid)" "$ledger"
cat "/proc/$pid/status" >/dev/null
cat "/proc/$other/status" >/dev/null
watched
equal "watch-end: and sees that one only" "1 1" "$(changes '
	where ~ /^get_task_mm/ { plus++ } where ~ /^mmput/ { minus++ }
	END { print plus + 0, minus + 0 }')" "$ledger"

# Off: the log stays, and does not go on.
echo off >"$debugfs/watch" || not_ok "watch-end: off" "refused"
watched
cat "/proc/$other/status" >/dev/null
watched "$scratch/after"
equal "watch-end: off" off "$(watch_word state)" "$ledger"
diff "$ledger" "$scratch/after" >"$scratch/wrong"
empty "watch-end: off: the log stays as it is" "$scratch/wrong"
within "watch-end: off: it is the log" 2 1000000 \
	"$(changes 'END { print NR - 4 }')" "$ledger"
kill $other
# Or its end could interrupt the opening of a pipe below.
wait $other 2>/dev/null

# With the ledger of the process that execs, its mm ends.
mkfifo "$scratch/exec"
sh -c 'read -r line; exec sleep 1000' <"$scratch/exec" &
execs=$!
exec 6>"$scratch/exec"
watch $execs
echo >&6
exec 6>&-
wait_until 20 watch_is freed
watched
equal "watch-end: exec ends it" "freed 0 0" \
	"$(watch_word state) $(watch_word users ledger) $(watch_word count ledger)" \
	"$ledger"
kill $execs

# Others have all registers but one.
registers=1
while echo $registers >"$helper/registers"; do
	echo off >"$helper/registers"
	registers=$((registers + 1))
done 2>/dev/null
registers=$((registers - 1))
within "watch-end: registers that there are" 2 16 $registers
echo $((registers - 1)) >"$helper/registers" || give_up "take the registers"
equal "watch-end: one register is not enough" "No space left on device" \
	"$(watch_error "$pid")"
echo off >"$helper/registers"
equal "watch-end: what was refused has kept none" "" \
	"$({ echo $registers >"$helper/registers"; } 2>&1)"
echo off >"$helper/registers"
watched
equal "watch-end: and the log before is still there" "freed $execs" \
	"$(watch_word state) $(watch_word pid)" "$ledger"

# Again and again, replaced, off, and of a process that ends: no register is kept.
vmalloc_kib()
{
	awk '$1 == "VmallocUsed:" { print $2 }' /proc/meminfo
}
vmalloc_before=$(vmalloc_kib)
round=0
rounds=$(rounds 100 20)
while [ $round -lt "$rounds" ]; do
	echo "$pid" || break
	case $((round % 4)) in
	0) echo off ;;
	1) sleep 0.01 & echo $! ;;
	esac
	round=$((round + 1))
done >"$scratch/words"
while read -r word; do
	echo "$word" >"$debugfs/watch" 2>/dev/null || echo "$word"
done <"$scratch/words" >"$scratch/refused"
# Those that end by themselves may have done so before.
grep -xE "$pid|off" "$scratch/refused" >"$scratch/wrong"
empty "watch-end: armed $rounds times, and off" "$scratch/wrong"
# A log is 1.5 MiB; one of them was there before.
within "watch-end: after that no log is kept, by /proc/meminfo" -4096 4096 \
	$(($(vmalloc_kib) - vmalloc_before))
echo off >"$debugfs/watch"
equal "watch-end: after that all registers are free" "" \
	"$({ echo $registers >"$helper/registers"; } 2>&1)"
echo off >"$helper/registers"

# The module goes while it is armed, and changes go on.
watch "$pid"
(
	while :; do
		cat "/proc/$pid/status"
	done >/dev/null 2>&1
) &
busy=$!
sleep 0.2
unload
loaded mmscope && not_ok "watch-end: unload while armed" "it is still there"
equal "watch-end: unload while armed: all registers are free" "" \
	"$({ echo $registers >"$helper/registers"; } 2>&1)"
echo off >"$helper/registers"
kill $busy
release
