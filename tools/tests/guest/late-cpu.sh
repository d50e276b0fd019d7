#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The second CPU comes while the ledger is on. The kernel was booted with one, for which
# it has made its LOCK prefixes something that costs nothing, and makes them LOCK again
# now: each of them, also where mmscope has a probe or might have had one. By the kernel's
# own list of them, and byte for byte where mmscope can have been.
#
# boot: cpus=2
# append: maxcpus=1
# kernels: 6.1 7.2 6.12-generic
# timeout: 200

. "${0%/*}/common"
. "${0%/*}/ledger-common"

cpu1=/sys/devices/system/cpu/cpu1/online
ranges=${MMSCOPE_RANGES:-$scratch/ranges}
text=$scratch/text

if ! grep -q ' __smp_locks$' /proc/kallsyms; then
	skip "late-cpu" "this kernel has no list of LOCK prefixes that it rewrites"
	exit
fi

# text_is NAME: nothing differs from the saved text but what the kernel changes itself,
# and of that the prefixes. An optimized probe's jump goes a little after the probe.
same_text()
{
	mm-workload text compare "$ranges" "$text" >"$scratch/wrong"
}

text_is()
{
	wait_until 5 same_text
	empty "$1" "$scratch/wrong"
}

# without NAME PREFIX OTHER: of the kernel's own list of LOCK prefixes none is PREFIX, and
# nearly all are OTHER. Of a few the kernel has made something else for good (7.2: 5 of
# 11,620 lie where it puts another instruction for this CPU).
without()
{
	mm-workload text locks "$ranges" "$3" >"$scratch/locks"
	equal "$1" 0 "$(grep -c "prefix=$2" "$scratch/locks")" "$scratch/locks"
	within "$1: and there are many" 1000 1000000 \
		"$(sed -n "s/^ *prefix=$3 n=//p" "$scratch/locks")" "$scratch/locks"
}

[ -s "$ranges" ] || mm-workload text find /lab/text-functions >"$ranges" ||
	give_up "find the text"
mm-workload text save "$ranges" "$text" || give_up "save the text"
equal "late-cpu: one CPU of two is there, and CPU 1 is off" "1 0" \
	"$(cpus) $(cat $cpu1)"
without "late-cpu: the witness: no prefix is LOCK yet" f0 3e

# A probe on such a prefix would keep it from being made LOCK again, for good.
load
start_recording
said=$({ echo 1 >"$debugfs/ledger"; } 2>&1 | sed 's/.*: //')
equal "late-cpu: the ledger refuses while a CPU may still come" "Operation not supported" \
	"$said"
mm-workload fork >"$truth" || give_up "fork"
echo 1 >$cpu1 || give_up "switch CPU 1 on"
equal "late-cpu: CPU 1 is there" 1 "$(cat $cpu1)"
mm-workload --cpu 1 fork >"$truth" || give_up "fork on CPU 1"
take_events
equal "late-cpu: a clone on it is recorded" 1 "$(records 'type == "fork_end" &&
	field("result") == child { print cpu }' child="$(truth_of result what=clone)")" \
	"$events"
echo 0 >"$debugfs/ledger"
stop_recording
unload
without "late-cpu: every prefix of the kernel is LOCK after that" 3e f0
text_is "late-cpu: all else of the text is what it was"

# Now that nothing will be rewritten any more, the ledger is as good as anywhere.
load
set_ledger 1
mm-workload storm --clones 50 >"$truth" || give_up "the storm"
visit_all_cpus
everything_closes "late-cpu: with both CPUs"
unload
without "late-cpu: every prefix is LOCK at the end" 3e f0
text_is "late-cpu: the text is what it was at the end"
