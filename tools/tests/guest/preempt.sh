#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The same under every preemption model that the kernel can change to while it runs
# (preempt=none, voluntary, full, lazy on the command line do the same at boot): the
# tests of paths, switches and lives, and loading and unloading. The model that it
# booted with is what all other tests run under.
#
# cpus: 2
# timeout: 900

model=/sys/kernel/debug/sched/preempt

if [ ! -e $model ]; then
	echo "skip preempt: this kernel has one model for good (no PREEMPT_DYNAMIC)"
	exit
fi
tests="paths switches lifecycle load-unload"
[ -z "${MMSCOPE_SHORT-}" ] || tests=switches
booted=$(sed 's/.*(\(.*\)).*/\1/' $model)
status=0
for name in $(tr -d '()' <$model); do
	[ "$name" != "$booted" ] || continue
	echo "$name" >$model
	if grep -q "($name)" $model; then
		echo "ok preempt=$name: the kernel took it"
	else
		echo "not ok preempt=$name: the kernel has $(cat $model)"
		status=1
		continue
	fi
	for test in $tests; do
		CYCLES=3 MMSCOPE_SHORT=1 sh "${0%/*}/$test.sh" >"$test.said" || status=1
		# The results by another name, so that they are told from the tests' own.
		sed "s/^\(ok\|not ok\|skip\) /&preempt=$name: /" "$test.said"
	done
done
echo "$booted" >$model
exit $status
