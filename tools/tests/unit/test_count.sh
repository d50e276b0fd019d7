#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_count - what scripts/count makes of an emulator's log, against one counted by hand,
# and when compare is content with a figure

bench=${0%/*}/../../bench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests=0
status=0

# equal NAME WANTED GOT
equal()
{
	tests=$((tests + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tests - $1"
	else
		echo "not ok $tests - $1"
		printf '# wanted %s\n# got    %s\n' "$2" "$3"
		status=1
	fi
}

# translated ADDRESS INSTRUCTION...: a block as it is translated, each 4 bytes apart
translated()
{
	echo '----------------'
	echo 'IN: '
	at=$1
	shift
	for instruction; do
		printf '0xffffffffc000%s:  48 89 c7                 %s\n' "$at" "$instruction"
		at=$(printf '%04x' $((0x$at + 4)))
	done
	echo
}

# ran ADDRESS...
ran()
{
	for at; do
		echo "Trace 0: 0x7f0000000000 [0000000000000000/ffffffffc000$at/0000c2b0/ff020200] "
	done
}

executed()
{
	awk -v works='fork switch' -v marks='ffffffffc0001000 ffffffffc0003000' -v turns='1 2' \
		-v end=ffffffffc0009000 -f "$bench/executed" "$folder/log" >"$folder/tabs"
	result=$?
	tr '\t' ' ' <"$folder/tabs" >"$folder/got"
	return $result
}

# Of a fork: 3 at 1000, twice 2 at 2000, and once 1 at 3000; one of four takes 2 more. Of a
# switch: 1, every second time with 2 at 2000.
{
	translated 9000 'retq'
	ran 9000
	translated 1000 'movq %rax, %rdi' 'movq %rbx, %rdi' 'callq 0x2000'
	ran 1000
	translated 2000 'incl %eax' 'retq'
	ran 2000 2000
	translated 3000 'retq'
	ran 3000
	ran 1000 2000 2000 3000
	ran 1000 2000 2000 2000 3000
	ran 1000 2000 2000 3000
	ran 1000
	ran 9000
	ran 3000 3000 2000 3000 3000 2000 3000 3000 2000 3000
	ran 9000
} >"$folder/log"
executed
equal "executed: a fork is what most of them took" "fork all 8 4 3" \
	"$(grep '^fork all' "$folder/got")"
equal "executed: how often each instruction of it ran" "1 1 1 2 2 1" \
	"$(awk '$1 == "fork" && $2 != "all" { print $3 }' "$folder/got" | xargs)"
equal "executed: each with its text" "callq 0x2000" \
	"$(awk '$2 == "ffffffffc0001008" { print $4, $5 }' "$folder/got")"
equal "executed: a switch is two turns of its mark" "switch all 4 3 3" \
	"$(grep '^switch all' "$folder/got")"
sed -i '$d' "$folder/log"
executed 2>/dev/null
equal "executed: a log that ends too early is an error" "1" "$?"

# compare NAME FIGURE RESULT: of 100 +-5 expected
compare()
{
	echo '6.1 counted fork 100 5' >"$folder/expected"
	echo "$2" >"$folder/figures"
	awk -v kernel=6.1 -v how='counted loading' -f "$bench/compare" \
		"$folder/expected" "$folder/figures" >"$folder/got"
	equal "compare: $1" "$3" "$? $(sed 's/ cost.*//' "$folder/got")"
}

compare 'as expected' '6.1 counted fork 105 90' '0 ok'
compare 'dearer' '6.1 counted fork 106 90' '1 not ok'
compare 'cheaper' '6.1 counted fork 94 90' '1 not ok'
compare 'another kernel' '7.2 counted fork 100 90' '1 not ok'
compare 'another kind' '6.1 loading fork 100 90' '1 not ok'
echo "1..$tests"
exit $status
