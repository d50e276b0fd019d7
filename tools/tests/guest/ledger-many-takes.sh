#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# More references to one mm than have room for a name: those that have none are counted
# as unknown, so that holders still adds up; and all are gone when all let go.
# timeout: 240

. "${0%/*}/common"
. "${0%/*}/ledger-common"

# More than MMSCOPE_TAKE_WINDOW of module/shared/window.h.
many=250

rows()
{
	take holders
	holder_rows "$victim" >"$scratch/mine"
}

# sum HOLDER: of the rows of that kind about mm_count.
sum()
{
	awk -v holder="$1" '$6 == holder && $7 == "count" { n += $8 }
		END { print n + 0 }' "$scratch/mine"
}

count_is()
{
	rows
	[ $(($(sum take) + $(sum unknown))) = "$1" ]
}

load
set_ledger 1
hold threads 2
victim=$(truth_of pid ready=1)
holders=
i=0
while [ $i -lt $many ]; do
	# shellcheck disable=SC2217 # it holds it open
	sleep 1000 <"/proc/$victim/maps" 7>&- &
	holders="$holders $!"
	i=$((i + 1))
done
wait_until 60 count_is $many ||
	not_ok "ledger-many-takes: takes and unknown are all" "not $many" "$scratch/mine"
within "ledger-many-takes: most of them have a name" 150 192 "$(sum take)" \
	"$scratch/mine"
equal "ledger-many-takes: those with a name and those without are all" $many \
	"$(($(sum take) + $(sum unknown)))" "$scratch/mine"
# shellcheck disable=SC2086 # pids
kill $holders
# The shell's own words about it are nobody's business.
for pid in $holders; do
	wait "$pid" 2>/dev/null
done
wait_until 60 count_is 0 ||
	not_ok "ledger-many-takes: nothing is held any more" "see below" "$scratch/mine"
equal "ledger-many-takes: takes that are left" 0 "$(sum take)" "$scratch/mine"
release
everything_closes "ledger-many-takes"
unload
