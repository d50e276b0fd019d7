#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the textbooks say, tried by the reader itself: every row has an answer with
# evidence, the same one each time, and the module is afterwards as it was before.
# MMSCOPE_REPETITIONS=100 tries it so often.
#
# timeout: 840

. "${0%/*}/common"

# rows FILE: of the text, the verdict of each in a line: number name verdict.
rows()
{
	sed -n 's/^ \{0,1\}\([0-9]\{1,\}\)  \([a-z-]*\): \(.*\)/\1 \2 \3/p' "$1"
}

# Rows that have an answer and no record: a line of `events` has its type in the sixth
# column.
without_record()
{
	awk '
	function judge()
	{
		if (row && !records && answered)
			print row
	}
	/^ ?[0-9]+  / {
		judge()
		row = $0
		records = 0
		answered = !/: (skipped|failed)$/
	}
	$1 ~ /^[0-9]+\.[0-9]+$/ && $6 ~ /^[a-z_]+$/ { records++ }
	END { judge() }' "$1"
}

# The line below the claim.
reason_of_row()
{
	awk -v row="$1" '$1 == row && /^ ?[0-9]+  / { at = NR } at && NR == at + 2 {
		sub(/^ */, ""); print; exit }' "$scratch/text"
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

# For programs, the same.
as_json()
{
	mmscope selftest --json 2 15 >"$scratch/json" 2>"$scratch/errors"
	equal "selftest: --json: a row a line, and the numbers" 3 "$(wc -l <"$scratch/json")" \
		"$scratch/json"
	equal "selftest: --json: verdicts" "2 share holds 15 contexts holds" \
		"$(sed -n 's/^{"row":\([0-9]*\),"name":"\([^"]*\)".*"verdict":"\([^"]*\)".*/\1 \2 \3/p' \
			"$scratch/json" | xargs)" "$scratch/json"
	equal "selftest: --json: each has records" 2 \
		"$(grep -c '"record":{"type":' "$scratch/json")" "$scratch/json"
	equal "selftest: --json: the last line counts" '{"passed":2,"failed":0,"skipped":0}' \
		"$(tail -n 1 "$scratch/json")" "$scratch/json"
}

load
before=$(state)
mmscope selftest >"$scratch/text" 2>"$scratch/errors"
status=$?
rows "$scratch/text" >"$scratch/verdicts"
# For Documentation/textbook.md, which is held against it.
cp "$scratch/text" "$results/selftest.text"
# Each row is a result of its own.
while read -r row name verdict; do
	case $verdict in
	skipped) skip "selftest: $row $name" "$(reason_of_row "$row")" ;;
	failed) not_ok "selftest: $row $name" "$(reason_of_row "$row")" ;;
	*) ok "selftest: $row $name $verdict" ;;
	esac
done <"$scratch/verdicts"
equal "selftest: no CPU is kept from it" "$(cpus)" \
	"$(sed -n '1s/.*CPUs: //p' "$scratch/text")" "$scratch/text"
equal "selftest: exit status" 0 $status "$scratch/errors"
equal "selftest: sixteen rows" 16 "$(wc -l <"$scratch/verdicts")" "$scratch/text"
without_record "$scratch/text" >"$scratch/against"
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
# What is the reader's own is the same on every kernel.
if [ -z "${MMSCOPE_SHORT-}" ]; then
	interrupted TERM
	as_json
fi
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
	mmscope selftest >"$scratch/text" 2>"$scratch/errors"
	rows "$scratch/text" | diff "$scratch/verdicts" - >"$scratch/differs" || {
		cat "$scratch/errors" "$scratch/text" >>"$scratch/differs"
		not_ok "selftest: repetition $repetition" "see below" "$scratch/differs"
	}
	# A long run shows that it lives.
	[ $((repetition % 10)) != 0 ] ||
		echo "    $repetition repetitions after $(uptime_seconds) s"
done
