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
ranges=$scratch/ranges
text=$scratch/text

if ! grep -q ' __smp_locks$' /proc/kallsyms; then
	skip "late-cpu" "this kernel has no list of LOCK prefixes that it rewrites"
	exit
fi

# text_is NAME: nothing differs from the saved text but prefixes that came to be LOCK.
text_is()
{
	mm-workload text compare "$ranges" "$text" >"$scratch/all"
	# NAME is BYTE... was BYTE...
	awk '{ n = (NF - 3) / 2 }
	$3 == "f0" && $(n + 4) == "3e" {
		for (i = 4; i <= n + 2 && $i == $(i + n + 1); i++)
			;
		if (i > n + 2)
			next
	}
	{ print }' "$scratch/all" >"$scratch/wrong"
	empty "$1" "$scratch/wrong"
}

mm-workload text find /lab/text-functions >"$ranges" || give_up "find the text"
mm-workload text save "$ranges" "$text" || give_up "save the text"
equal "late-cpu: one CPU of two is there, and CPU 1 is off" "1 0" \
	"$(cpus) $(cat $cpu1)"
mm-workload text locks "$ranges" 3e >"$scratch/locks"
equal "late-cpu: the witness: no prefix is LOCK yet" 0 $? "$scratch/locks"

load
set_ledger 1
echo 1 >$cpu1 || give_up "switch CPU 1 on"
equal "late-cpu: CPU 1 is there" 1 "$(cat $cpu1)"
mm-workload --cpu 1 fork >"$truth" || give_up "fork on CPU 1"
set_ledger 0
unload
mm-workload text locks "$ranges" f0 >"$scratch/locks"
equal "late-cpu: every prefix of the kernel is LOCK after that" 0 $? "$scratch/locks"
text_is "late-cpu: all else of the text is what it was"

# Once more, now that nothing will be rewritten.
load
set_ledger 1
mm-workload storm --clones 50 >"$truth" || give_up "the storm"
visit_all_cpus
everything_closes "late-cpu: with both CPUs"
take probes
equal "late-cpu: no site is left alone any more" "" \
	"$(grep -i 'LOCK prefix' "$scratch/probes")" "$scratch/probes"
unload
mm-workload text locks "$ranges" f0 >"$scratch/locks"
equal "late-cpu: every prefix is LOCK at the end" 0 $? "$scratch/locks"
text_is "late-cpu: the text is what it was at the end"
