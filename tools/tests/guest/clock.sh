#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A record's time is the kernel's, whatever clock the kernel has and however fast it
# lets it run: ftrace, which asks the kernel, writes the same time beside it.

. "${0%/*}/common"

tracing=/sys/kernel/tracing/instances/mmscope_clock
clocks=/sys/devices/system/clocksource/clocksource0
clock=$(cat "$clocks/current_clocksource")

as_it_was()
{
	echo "$clock" >"$clocks/current_clocksource"
	adjtimex -q -t 10000
	rmdir "$tracing" 2>/dev/null
}

trap 'as_it_was; clean_up' EXIT

# Births of this round: each has an mm of its own, so that both name it.
births()
{
	start_recording
	"$@" >"$truth" 2>"$scratch/errors" || give_up "$*: $(cat "$scratch/errors")"
	# What it forked itself may have the time before.
	echo >"$tracing/trace"
	mm-workload storm --clones "$(rounds 60 30)" >"$truth" 2>"$scratch/errors" ||
		give_up "mm-workload storm: $(cat "$scratch/errors")"
	stop_recording
	take_events
	cat "$tracing/trace" >"$scratch/trace"
}

# How far the records are behind what ftrace wrote right after each, in us: how many
# births, how many that are ahead, and the least of those behind.
lag()
{
	records 'type == "mm_birth" && how == "dup" { printf "%s %.0f\n", mm, ns }' \
		>"$scratch/ours"
	awk -v file="$scratch/ours" '
	BEGIN {
		while ((getline line <file) > 0) {
			split(line, word, " ")
			ours[word[1]] = word[2]
		}
	}
	'"$trace_line"'
	what == "mm_birth" && how == "dup" && mm in ours {
		lag = (ns - ours[mm] + ours[mm] % 1000) / 1000
		ahead += lag < 0
		if (!births++ || lag < least)
			least = lag
	}
	END { print births + 0, ahead + 0, int(least) }' "$scratch/trace"
}

# says NAME: what lag finds of this round
says()
{
	lag >"$scratch/lag"
	read -r births ahead least <"$scratch/lag"
	within "clock: $1: births that both have" 10 100000 "$births" "$scratch/trace"
	equal "clock: $1: no record is ahead of ftrace's time" 0 "$ahead" "$events"
	within "clock: $1: and one is right behind it, by less than 5 ms" \
		0 5000 "$least" "$events"
}

switch_to()
{
	echo "$1" >"$clocks/current_clocksource"
	# The kernel does it some time later, in a work.
	wait_until 10 grep -qx "$1 *" "$clocks/current_clocksource" ||
		give_up "the clock does not become $1"
}

load
mkdir "$tracing" || give_up "mkdir $tracing"
echo mono >"$tracing/trace_clock"
echo 1 >"$tracing/events/mmscope/mm_birth/enable"

# The kernel's clock becomes another one while it is recorded.
others=$(tr ' ' '\n' <"$clocks/available_clocksource" | grep -vx "$clock" |
	head -n "$(rounds 10 1)")
for other in $others; do
	births switch_to "$other"
	says "now $other"
done
births switch_to "$clock"
says "now $clock"

# A tenth faster: in a third of a second, 33 ms more than was foreseen.
run_fast()
{
	adjtimex -q -t 11000 && sleep 0.33
}

births run_fast
says "$clock, a tenth faster"
