#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a writable file does not understand is EINVAL and changes nothing; what is
# read-only cannot be written.
#
# long: about words that mmscope itself takes apart

. "${0%/*}/common"

# writes FILE TEXT: with printf's escapes; says how that ended
writes()
{
	# shellcheck disable=SC2059 # the escapes are wanted
	printf "$2" >"$scratch/text"
	if ( cat "$scratch/text" >"$debugfs/$1" ) 2>"$scratch/said"; then
		echo accepted
	elif grep -q 'Invalid argument' "$scratch/said"; then
		echo EINVAL
	else
		cat "$scratch/said"
	fi
}

# refused FILE TEXT
refused()
{
	before=$(cat "$debugfs/$1")
	answer=$(writes "$1" "$2")
	if [ "$answer" != EINVAL ]; then
		echo "'$2': $answer"
	fi
	[ "$(cat "$debugfs/$1")" = "$before" ] ||
		echo "'$2': changed '$before' to '$(cat "$debugfs/$1")'"
}

long=$(head -c 5000 /dev/zero | tr '\0' x)
load

for state in 0 1; do
	echo $state >"$debugfs/enable"
	for text in 2 -1 10 x yes on true 0x1 1.0 '1 1' ' ' '\n' '1\000' '\0001' \
		'1x' "$long" 18446744073709551617 4294967297; do
		refused enable "$text"
	done >"$scratch/wrong"
	empty "bad-values: enable, being $state" "$scratch/wrong"
done
echo 0 >"$debugfs/enable"

# One more than it takes.
pids=$(yes pid=1 | head -n 17 | xargs)
echo 'comm=nobody types=copy_mm' >"$debugfs/filter"
for text in nonsense pid pid= pid=0 pid=-1 pid=x pid=1x pid=4194305 \
	pid=99999999999999999999 pid=4194303 PID=1 comm comm= comm=sixteen_or_longer \
	'comm=one comm=two' types types= types=nonsense 'types=copy_mm,' types=,copy_mm \
	types=copy_mm,,fork_end types=COPY_MM 'types=copy_mm types=fork_end' \
	'off pid=1' 'pid=1 off' 'off off' 'pid=1 nonsense' = '=1' ' ' '\n' \
	'pid=1\000' "comm=$long" "$pids" 'types=11'; do
	refused filter "$text"
done >"$scratch/wrong"
empty "bad-values: filter" "$scratch/wrong"
equal "bad-values: and a good one is taken" accepted "$(writes filter off)"

for text in nonsense 0 -1 1x 0x1 '1 1' 'off off' 'off 1' OFF '1\000' 'off\000' \
	99999999999999999999 "$long" ' ' '\n'; do
	refused watch "$text"
done >"$scratch/wrong"
empty "bad-values: watch" "$scratch/wrong"

for file in README events forks mms borrows holders stacks candidates probes stats \
	metadata cpu0; do
	answer=$(writes $file 1)
	case $answer in
	EINVAL | *'Permission denied'*) ;;
	*) echo "$file: $answer" ;;
	esac
done >"$scratch/wrong"
empty "bad-values: read-only files" "$scratch/wrong"
