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
# births, the least, and how many that are ahead. ftrace's times end with the
# microsecond.
lag()
{
	records '
	function microseconds(text, part)
	{
		split(text, part, ".")
		return part[1] * 1000000 + substr("1" part[2], 1, 7) - 1000000
	}
	type == "mm_birth" && how == "dup" { ours[mm] = int(ns / 1000) }
	END {
		while ((getline line <trace) > 0) {
			if (line !~ / mm_birth: .* how=dup /)
				continue
			match(line, / [0-9]+\.[0-9]+: /)
			then = microseconds(substr(line, RSTART + 1, RLENGTH - 3))
			match(line, / mm=[0-9]+/)
			mm = substr(line, RSTART + 4, RLENGTH - 4)
			if (!(mm in ours))
				continue
			lag = then - ours[mm]
			ahead += lag < 0
			if (!births++ || lag < least)
				least = lag
		}
		print births + 0, ahead + 0, least + 0
	}' trace="$scratch/trace"
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

echo 0 >"$tracing/events/mmscope/mm_birth/enable"
rmdir "$tracing"
