#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A leak made on purpose: a module takes mmgrab() and mmget() on a process, which
# then dies. It is found whether the module was loaded before the ledger came on or
# after, named with its function and stack, and gone when it gives them back.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

leaks()
{
	awk '$6 == "take" && /leak_take/ { print $2, $7, $8, $9 }' "$scratch/mine" | sort
}

nobody_holds()
{
	take holders
	holder_rows "$victim" >"$scratch/mine"
	[ ! -s "$scratch/mine" ]
}

leak_and_find()
{
	hold threads 1
	victim=$(truth_of pid ready=1)
	echo "$victim" >"$helper/leak" || give_up "leak $victim"
	release
	visit_all_cpus
	take holders
	take stacks
	holder_rows "$victim" >"$scratch/mine"
	printf 'held count 1 %s\nheld users 1 %s\n' $$ $$ >"$scratch/wanted"
	leaks >"$scratch/got"
	diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
	empty "ledger-leak: $1: both are named with function and task" \
		"$scratch/differs"
	stack=$(sed -n 's/.*leak_take.*; stack \([0-9]*\):.*/\1/p' "$scratch/mine" | head -n 1)
	equal "ledger-leak: $1: the stack leads from leak_take to write()" 1 \
		"$(awk -v number="${stack:-none}" '$1 == number' "$scratch/stacks" |
			grep -c 'leak_take.*\[mmscope_test\].*<.*vfs_write')" \
		"$scratch/stacks"
	mmscope who "$victim" >"$scratch/who"
	equal "ledger-leak: $1: mmscope who names the function twice" 2 \
		"$(grep -c ' take .*leak_take' "$scratch/who")" "$scratch/who"
	mmscope ledger "$(awk 'NR == 1 { print $1 }' "$scratch/mine")" >"$scratch/story" ||
		not_ok "ledger-leak: $1: mmscope ledger MM" "exit status $?"
	equal "ledger-leak: $1: mmscope ledger MM has both takes and both holders" 4 \
		"$(grep -c 'mmscope_test:leak_take+0x' "$scratch/story")" "$scratch/story"
	echo off >"$helper/leak"
	wait_until 10 nobody_holds
	empty "ledger-leak: $1: gone when they are given back" "$scratch/mine"
	take ledger
	equal "ledger-leak: $1: every ledger closes" 0 "$(total open)" \
		"$scratch/ledger"
	open_rows >"$scratch/open"
	empty "ledger-leak: $1: and none is open" "$scratch/open"
}

# The site that takes users has a line; where the counters are not told apart, that
# of count has the same.
takes_are_listed_once()
{
	counter=$(difference site_counter)
	case $counter in
	either) lines=2 ;;
	*) lines=1 ;;
	esac
	equal "ledger-leak: $1" $lines \
		"$(grep -c "mmscope_test:leak_take+0x[0-9a-f]* *$counter" \
			"$scratch/ledger")" "$scratch/ledger"
}

load
set_ledger 1
load_helper
leak_and_find "module after the ledger"
takes_are_listed_once "its instructions are told by module"
unload
load
set_ledger 1
leak_and_find "module before the ledger"

# The module goes and comes again while the ledger is on: the same site again.
rmmod mmscope_test
load_helper
leak_and_find "module once more"
takes_are_listed_once "a site that comes again is one site"
rmmod mmscope_test
unload
