#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the textbooks say, tried by the reader itself: every row has an answer with
# evidence, the same one each time, and the module is afterwards as it was before.
# MMSCOPE_REPETITIONS=100 tries it so often.
#
# timeout: 840

. "${0%/*}/common"

# All rows, the verdict of each in a line.
verdicts()
{
	sed -n 's/.*"row":\([0-9]*\),"name":"\([^"]*\)".*"verdict":"\([^"]*\)".*/\1 \2 \3/p' \
		"$1"
}

# What is wrong with the answers, if anything is.
speak_against()
{
	grep -v '"row":' "$1" | grep -v '^{"passed":'
	# jansson keeps the order in which the keys were set.
	grep '"row":' "$1" | grep -vE '"verdict":"(skipped|failed)"' |
		grep -v '"record":{"type":' | sed 's/^/no record: /'
}

state()
{
	for file in enable filter; do
		echo "$file $(cat "$debugfs/$file")"
	done
	# On or off, without what else is counted.
	sed -n '1s/^# \([^;]*\);.*/ledger \1/p' "$debugfs/ledger"
	echo "watch $(grep -c '^# state armed' "$debugfs/watch")"
}

# interrupted SIGNAL: in the middle of it.
interrupted()
{
	mmscope selftest >"$scratch/cut" 2>"$scratch/errors" &
	selftest=$!
	wait_until 60 grep -q '^ 2 ' "$scratch/cut" ||
		not_ok "selftest: comes to its second row" "see below" "$scratch/errors"
	kill "-$1" "$selftest"
	wait "$selftest"
	equal "selftest: ended by SIG$1: exit status" 1 $?
	equal "selftest: ended by SIG$1: the module is as it was" "$before" \
		"$(state)"
}

reason_of_row()
{
	sed -n 's/.*"row":'"$1"',.*"reason":"\([^"]*\)".*/\1/p' "$scratch/rows"
}

load
before=$(state)
mmscope selftest --json >"$scratch/rows" 2>"$scratch/errors"
status=$?
verdicts "$scratch/rows" >"$scratch/verdicts"
cp "$scratch/rows" "$results/selftest.json"
# Each row is a result of its own.
while read -r row name verdict; do
	case $verdict in
	skipped) skip "selftest: $row $name" "$(reason_of_row "$row")" ;;
	failed) not_ok "selftest: $row $name" "$(reason_of_row "$row")" ;;
	*) ok "selftest: $row $name $verdict" ;;
	esac
done <"$scratch/verdicts"
equal "selftest: exit status" 0 $status "$scratch/errors"
equal "selftest: sixteen rows" 16 "$(wc -l <"$scratch/verdicts")" "$scratch/rows"
speak_against "$scratch/rows" >"$scratch/against"
empty "selftest: no row without a record" "$scratch/against"
empty "selftest: nothing on standard error" "$scratch/errors"
equal "selftest: the module is as it was" "$before" "$(state)"

interrupted INT

# Somebody's own settings.
echo "pid=$$" >"$debugfs/filter"
echo 1 >"$debugfs/enable"
echo 1 >"$debugfs/ledger" 2>/dev/null
before=$(state)
mmscope selftest hand-off 2 >"$scratch/two" 2>"$scratch/errors"
equal "selftest: two rows, by name and number" "2 passed, 0 failed, 0 skipped" \
	"$(tail -n 1 "$scratch/two")" "$scratch/two"
equal "selftest: somebody's recording, filter and ledger are as they were" \
	"$before" "$(state)"
interrupted TERM
echo off >"$debugfs/filter"
echo 0 >"$debugfs/ledger" 2>/dev/null
stop_recording

# A module that records nothing answers nothing.
echo 0 >/sys/kernel/debug/kprobes/enabled
mmscope selftest 1 >"$scratch/blind" 2>"$scratch/errors"
equal "selftest: exit status without evidence" 1 $?
echo 1 >/sys/kernel/debug/kprobes/enabled
equal "selftest: no row holds without evidence" "0 passed, 1 failed, 0 skipped" \
	"$(tail -n 1 "$scratch/blind")" "$scratch/blind"

repetition=1
while [ "$repetition" -lt "${MMSCOPE_REPETITIONS:-1}" ]; do
	repetition=$((repetition + 1))
	mmscope selftest --json >"$scratch/rows" 2>"$scratch/errors"
	verdicts "$scratch/rows" | diff "$scratch/verdicts" - >"$scratch/differs" || {
		grep '"verdict":"failed"' "$scratch/rows" >>"$scratch/differs"
		not_ok "selftest: repetition $repetition" "see below" "$scratch/differs"
	}
done
[ "$repetition" = 1 ] || echo " $repetition repetitions"
