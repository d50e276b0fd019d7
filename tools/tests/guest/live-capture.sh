#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every verb says the same live and of a capture: what is in the rings is asked for at
# a quiet moment, first of the module, then of a copy of its files; without the ledger
# and with it. And what a command sees of a mm while it is recorded is what its capture
# says at the end.
# timeout: 240

. "${0%/*}/common"
. "${0%/*}/ledger-common"

capture=$scratch/capture

# say NAME VERB...: what the reader says, without when it was asked.
say()
{
	say_name=$1
	shift
	mmscope "$@" >"$scratch/$say_name" 2>"$scratch/errors" ||
		not_ok "live-capture: mmscope $*" "exit status $?" "$scratch/errors"
}

# same NAME PROGRAM: the two answers, after sed's PROGRAM, are one.
same()
{
	for side in live capture; do
		sed -E "$2" "$scratch/$1.$side" >"$scratch/$1.$side.cut"
	done
	if [ ! -s "$scratch/$1.live.cut" ]; then
		not_ok "live-capture: $round: $1" "nothing was said" "$scratch/$1.live"
	elif diff "$scratch/$1.live.cut" "$scratch/$1.capture.cut" >"$scratch/$1.differs"; then
		ok "live-capture: $round: $1"
	else
		not_ok "live-capture: $round: $1" "< live, > of a capture" "$scratch/$1.differs"
	fi
}

# As a recorder would; nothing is recorded any more.
copy_rings()
{
	rm -rf "$capture"
	mkdir "$capture"
	for copied in "$debugfs"/cpu*; do
		cat "$copied" >"$capture/${copied##*/}" || give_up "read $copied"
	done
	cat "$debugfs/metadata" >"$capture/metadata" || give_up "read metadata"
	cat "$debugfs/stacks" >"$capture/.stacks" || give_up "read stacks"
}

# What goes on with time, and what no record tells: ages, pages, a loan that lasts.
ages='s/"(age_ns|dead_ns|pages|for_ns)":[^,}]*,?//g'

# total_of NAME: of one side.
total_of()
{
	sed "s/.*\"$1\":\([0-9]*\).*/\1/" "$scratch/totals.$side"
}

# Rows about the mm's of a process; of `mms` as JSON.
rows_of_pid()
{
	grep "\"pid\":$1," "$scratch/$2.live" >"$scratch/$3.live"
	grep "\"pid\":$1," "$scratch/$2.capture" >"$scratch/$3.capture"
}

# The count that all users have together is dropped by __mmput() after exit_mmap(), and without
# the ledger no record tells of that. A task that is preempted in exit_mmap() has given back
# its loan before: the record of the return, the last one about the mm, has one more than
# there is in the end. So a capture has the count of that record, and live there may be
# fewer. All else is the same.
compare_counts()
{
	same pinned "$ages"'; s/"(count|pins)":[0-9]*,//g'
	# The module says that the ledger is off, and a capture likewise.
	same who "$ages"'; s/"(count|n)":[0-9]*,?//g; s/"what":"the ledger (is|was) off[^"]*"//'
	counted=$(count_in pinned.capture)
	equal "live-capture: $round: a capture has the count of the last record" "$counted" \
		"$(events=$scratch/events.capture records '
		mm == wanted && type ~ /^(lazy_|mm_dead)/ { last = field("count") }
		END { print last }' wanted="$(mm_in pinned.capture)")" "$scratch/events.capture"
	within "live-capture: $round: and live there are no more" 1 "$counted" \
		"$(count_in pinned.live)" "$scratch/pinned.live"
}

count_in()
{
	sed 's/.*"count":\([0-9]*\).*/\1/' "$scratch/$1"
}

mm_in()
{
	sed 's/.*"mm":\([0-9]*\).*/\1/' "$scratch/$1"
}

# compare [1]: with the ledger.
compare()
{
	load
	start_recording
	[ -z "${1-}" ] || set_ledger 1
	for verb in 'threads 2' fork vfork 'fail set-tid' posix-spawn; do
		# shellcheck disable=SC2086 # a verb and its arguments
		mm-workload $verb </dev/null >/dev/null 2>&1
	done
	# On one CPU, also while it exits: two CPUs that give back loans of one mm at once
	# both record the count before the other's drop.
	hold --cpu 0 pin
	visit_all_cpus
	victim=$(truth_of pid what=pinned)
	say who.live who "$victim" --json
	say mms.live mms --json
	stop_recording
	for verb in forks borrows report ledger; do
		say "$verb.live" "$verb" --json
	done
	say events.live events
	copy_rings
	say who.capture who -i "$capture" "$victim" --json
	for verb in mms forks borrows report ledger; do
		say "$verb.capture" "$verb" -i "$capture" --json
	done
	say events.capture events -i "$capture"
	release
	equal "live-capture: $round: nothing was lost" 0 "$(lost_in_all)"
	unload

	same events ''
	same report 's/"name":"[^"]*",//'
	same forks ''
	# A loan from before is counted by the module when it is first said, and it may
	# have been found before that.
	same borrows "$ages"'; s/"(mm|borrower|lender|comm|borrows)":[^,}]*,?//g; s/,\}/}/'
	rows_of_pid "$victim" mms pinned
	if [ -z "${1-}" ]; then
		compare_counts
		return 0
	fi
	same pinned "$ages"
	same who "$ages"
	grep '"table":"ledger"' "$scratch/ledger.live" >"$scratch/totals.live"
	grep '"table":"ledger"' "$scratch/ledger.capture" >"$scratch/totals.capture"
	# What no record tells, whose birth was before, and whose end came as recording
	# ended: of its loan's end there is no record then.
	same totals 's/"(state|sites|missed|freed|closed|unsure|before|before_closed|before_open|unjudged)":[^,}]*,?//g'
	for side in live capture; do
		equal "live-capture: $round: closed and unsure are what was freed, $side" \
			"$(total_of freed)" "$(($(total_of closed) + $(total_of unsure)))" \
			"$scratch/totals.$side"
	done
	for side in live capture; do
		grep '"table":"function"' "$scratch/ledger.$side" |
			grep -v '"function":"context_switch' | sort >"$scratch/functions.$side"
	done
	same functions 's/"elsewhere":[0-9]*//'
}

# The command asks, and goes; what it has asked about stays as it is to the end.
compare_recorded()
{
	load
	mkfifo "$scratch/go"
	exec 7<>"$scratch/go"
	cat >"$scratch/command" <<-END
		mm-workload pin <"$scratch/go" >"$truth" 7>&- &
		until grep -q ready=1 "$truth"; do sleep 0.1; done
		cpu=0
		while [ \$cpu -lt $(cpus) ]; do
			mm-workload --cpu \$cpu nothing
			cpu=\$((cpu + 1))
		done
		victim=\$(sed -n 's/.*what=pinned.* pid=\([0-9]*\).*/\1/p; s/.* pid=\([0-9]*\).*what=pinned.*/\1/p; s/^pid=\([0-9]*\).*what=pinned.*/\1/p' "$truth" | head -n 1)
		mmscope who "\$victim" --json >"$scratch/who.live"
	END
	rm -rf "$capture"
	mmscope record --ledger -o "$capture" -- sh "$scratch/command" \
		</dev/null >"$scratch/said" 2>"$scratch/errors" ||
		not_ok "live-capture: record --ledger" "exit status $?" "$scratch/errors"
	victim=$(truth_of pid what=pinned)
	say who.capture who "$capture" "$victim" --json
	echo >&7
	exec 7>&-
	wait_until 30 not_running mm-workload || give_up "mm-workload does not end"
	rm -f "$scratch/go"
	same who "$ages"
	equal "live-capture: $round: the capture names who holds it" 1 \
		"$(grep -c '"holder":"take".*proc_mem_open' "$scratch/who.capture")" \
		"$scratch/who.capture"
	unload
}

not_running()
{
	! grep -qx "$1" /proc/[0-9]*/comm 2>/dev/null
}

round='without the ledger'
compare
round='with the ledger'
compare 1
round='record --ledger'
compare_recorded
