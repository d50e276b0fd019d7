#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Where ftrace and tracepoints are not to be had, kprobes see the same: the tests of
# what is recorded, with attach=kprobe.
#
# timeout: 300

export MMSCOPE_PARAMETER=attach=kprobe
status=0
tests='paths exec vfork users failures lifecycle pinned use-mm'
# That the kernel takes kprobes there is what probes.sh shows of each.
[ -z "${MMSCOPE_SHORT-}" ] || tests=paths
for test in $tests; do
	MMSCOPE_SHORT=1 sh "${0%/*}/$test.sh" >"$test.said" || status=1
	# The results by another name, so that they are told from the tests' own.
	sed 's/^\(ok\|not ok\|skip\) /&kprobe-attach: /' "$test.said"
done
exit $status
