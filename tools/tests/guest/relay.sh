#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Borrow, hand-off and return: a user task and kernel threads that take turns on
# one CPU. The scheduler counted how often each thread was switched in.

. "${0%/*}/common"

# switches_of KTHREAD: into it and out of it, as recorded within the relay
switches_of()
{
	records '
	ns < begin || ns > end { next }
	type ~ /^lazy_(borrow|handoff)$/ && field("borrower") == wanted { into++ }
	type == "lazy_handoff" && field("previous") == wanted { from++ }
	type == "lazy_return" && field("borrower") == wanted { from++ }
	END { print into + 0, from + 0 }' wanted="$1" \
		begin="$(truth_of begin_ns place=0)" end="$(truth_of end_ns place=0)"
}

# Counts and lengths of the loans of the user task's mm; prints what is wrong.
judge_loans()
{
	records '
	function wrong(what) { print what ": " line }
	type == "exec_mm" && tgid == user { own = mm }
	mm != own || type !~ /^lazy_/ || cpu != on { next }
	ns < begin || ns > end { next }
	field("users") != 1 { wrong("users is not 1") }
	type == "lazy_borrow" {
		if (field("count") != 2)
			wrong("count is not 2")
		if (field("lender") != user)
			wrong("the lender is another")
		borrower = field("borrower")
		since = ns
	}
	type == "lazy_handoff" {
		if (field("count") != 2)
			wrong("count is not 2")
		if (field("previous") != borrower)
			wrong("handed on by another than " borrower)
		borrower = field("borrower")
	}
	type == "lazy_return" {
		if (field("count") != 1)
			wrong("count is not 1")
		if (field("borrower") != borrower || field("lender") != user)
			wrong("returned by another than " borrower)
		if (field("ns") > ns - since)
			wrong("longer than the " ns - since " ns between")
		lent += field("ns")
		between += ns - since
		since = 0
	}
	END {
		if (lent < between / 2)
			print lent " ns on loan, but " between " ns between the records"
	}' user="$1" on="$2" begin="$(truth_of begin_ns place=0)" \
		end="$(truth_of end_ns place=0)"
}

# The rounds: user, each thread once, user. Some worker, or on RT a thread of softirqs, may
# come between at any place, and the loan then goes through it, or begins anew behind
# the user. Prints of each round whether it is whole, disturbed, or neither.
judge_rounds()
{
	records '
	BEGIN {
		last = split(kthreads, kthread, ",")
		for (i = 1; i <= last; i++) {
			known[kthread[i]]
			wanted = wanted " " kthread[i]
		}
	}
	cpu != on || type !~ /^lazy_/ || ns < begin || ns > end { next }
	type == "lazy_borrow" {
		loan = ""
		strange = how != "context_switch" || field("lender") != user
	}
	type != "lazy_return" {
		loan = loan " " field("borrower")
		strange += !(field("borrower") in known)
	}
	# The last thread has run: that was a round, in as many loans as it took.
	type == "lazy_return" {
		round = round loan
		disturbed += strange || field("next") != user
		if (!disturbed)
			print (round == wanted ? "whole" : "wrong:" round)
		else if (loan ~ " " kthread[last] "( |$)")
			print "disturbed"
		else
			next
		round = ""
		disturbed = 0
	}' on="$1" kthreads="$2" user="$3" begin="$(truth_of begin_ns place=0)" \
		end="$(truth_of end_ns place=0)"
}

load_with ring_kib=4096
load_helper
rounds=200
for kthreads in 1 3; do
	name="relay: $kthreads kernel threads"
	record mm-workload --cpu 0 relay --kthreads $kthreads --rounds $rounds
	user=$(truth_of pid what=relay)
	for kthread in $(truth_of kthread what=runner); do
		switched=$(truth_of switched_in kthread="$kthread")
		equal "$name: switches in and out, as the scheduler counted" \
			"$switched $switched" "$(switches_of "$kthread")" "$truth"
	done
	judge_loans "$user" 0 >"$scratch/wrong"
	empty "$name: lender, borrower, users, count, time" "$scratch/wrong"
	judge_rounds 0 "$(truth_of kthread what=runner | paste -sd, -)" "$user" \
		>"$scratch/rounds"
	grep wrong "$scratch/rounds" >"$scratch/wrong"
	empty "$name: a round in which nobody else came between is in order" \
		"$scratch/wrong"
	equal "$name: so many rounds" $rounds "$(wc -l <"$scratch/rounds")" "$truth"
	within "$name: whole rounds" 1 $rounds "$(grep -c whole "$scratch/rounds")" \
		"$scratch/rounds"
done

# The totals in `borrows` are of all recordings since loading, as the records. A
# loan that is found when recording begins may have been counted already.
cat "$debugfs/borrows" >"$scratch/borrows"
records '
type ~ /^lazy_/ { n[cpu " " type " " (how == "found")]++; cpus[cpu] }
END {
	for (cpu in cpus)
		print cpu, n[cpu " lazy_borrow 0"] + 0, \
			n[cpu " lazy_borrow 0"] + n[cpu " lazy_borrow 1"], \
			n[cpu " lazy_handoff 0"] + 0, n[cpu " lazy_return 0"] + 0
}' | while read -r cpu least most handoffs returns; do
	awk -v cpu="$cpu" '$1 == cpu { print $6, $7, $8 }' "$scratch/borrows" \
		>"$scratch/row"
	read -r borrowed handed returned <"$scratch/row"
	if [ "$borrowed" -lt "$least" ] || [ "$borrowed" -gt "$most" ] ||
		[ "$handed $returned" != "$handoffs $returns" ]; then
		echo "CPU $cpu: recorded $least to $most, $handoffs, $returns; shown $borrowed, $handed, $returned"
	fi
done >"$scratch/differs"
empty "relay: the totals in borrows" "$scratch/differs"
