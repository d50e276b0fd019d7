#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A task may call itself anything: a newline would forge a line, an escape sequence reach
# the terminal. Every text file has one printable form of it.

. "${0%/*}/common"

# The name is $1, in printf's form; the shell writes it for itself, and works.
named()
{
	sh -c 'printf "$1" >"/proc/$$/comm"; (:); (:); echo pid=$$ ready=1; read -r go' - "$1" \
		<"$scratch/wait" >"$scratch/named" &
	named_pids="${named_pids-} $!"
	wait_until 10 grep -q ready=1 "$scratch/named" || give_up "no task with the name $1"
}

# What is neither printable ASCII nor the end of a line.
unprintable()
{
	LC_ALL=C tr -d '\n\t -~' <"$1" | od -A n -t x1 | head -n 3
}

mkfifo "$scratch/wait"
exec 9<>"$scratch/wait"
load
tracing=/sys/kernel/tracing/instances/mmscope_names
mkdir "$tracing" || give_up "mkdir $tracing"
echo 1 >"$tracing/events/mmscope/comm/enable"
# Before recording begins: mms has the name of birth, exec, or when it was found.
# As it could look like a record, as an escape sequence, as UTF-8 and other bytes.
named 'a\n1.0 0 b'
sed -n 's/^pid=\([0-9]*\) .*/\1/p' "$scratch/named" >"$scratch/pid"
named '\033[31mred'
named '\342\200\256back\377\200'
read -r pid <"$scratch/pid"
within "names: the witness: the kernel keeps such a name" 2 2 \
	"$(wc -l <"/proc/$pid/comm")" "/proc/$pid/comm"
start_recording
echo "$pid" >"$debugfs/watch" 2>/dev/null
echo 1 >"$debugfs/ledger" 2>/dev/null
for file in events forks mms borrows ledger holders stacks candidates watch probes stats \
	filter; do
	cat "$debugfs/$file" >"$scratch/file.$file"
	unprintable "$scratch/file.$file" >"$scratch/bytes"
	[ ! -s "$scratch/bytes" ] || { echo "$file:"; cat "$scratch/bytes"; }
done >"$scratch/wrong"
empty "names: no file has a byte that is not printable" "$scratch/wrong"
awk '!/^#/ && !/^ *[0-9]+\.[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+  [a-z_]/' \
	"$scratch/file.events" >"$scratch/wrong"
empty "names: every line of events is a record" "$scratch/wrong"
equal "names: one line for the mm, with the name in its printable form" "a?1.0 0 b" \
	"$(awk -v pid="$pid" '$11 == pid { sub(/.* +[0-9]+  /, ""); print }' \
		"$scratch/file.mms")" "$scratch/file.mms"
events_from=$scratch/file.events
within "names: and in a record" 1 100 "$(count_records \
	'type == "comm" && index(line, "name=a?1.0 0 b") && pid == wanted' wanted="$pid")" \
	"$scratch/file.events"
unset events_from
if grep -q "^# state armed pid $pid" "$scratch/file.watch"; then
	within "names: and in watch" 1 1 \
		"$(grep -c '^# state armed .* comm a?1.0 0 b$' "$scratch/file.watch")" \
		"$scratch/file.watch"
else
	skip "names: and in watch" "$(grep '^# not here' "$scratch/file.watch")"
fi
cat "$tracing/trace" >"$scratch/trace"
within "names: and where ftrace prints a record" 1 100 \
	"$(grep -c 'comm: .*name=a?1.0 0 b$' "$scratch/trace")" "$scratch/trace"
echo 0 >"$tracing/events/mmscope/comm/enable"
rmdir "$tracing"
echo off >"$debugfs/watch"
echo 0 >"$debugfs/ledger"
stop_recording
for _ in 1 2 3; do
	echo >&9
done
# shellcheck disable=SC2086 # several pids
wait $named_pids
