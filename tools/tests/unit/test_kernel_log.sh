#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_kernel_log - scripts/lab/kernel-log knows a complaint from an ordinary line
#
# One line of each kind, as the kernel writes it: lib/, mm/, kernel/locking/,
# kernel/rcu/, kernel/sched/ and kernel/workqueue.c of 6.12. One result for all of them,
# since none is a claim about mmscope.

kernel_log=${0%/*}/../../../scripts/lab/kernel-log
log=$(mktemp)
trap 'rm -f "$log"' EXIT
tests=0
status=0

# judge FOUND NAME: what kernel-log has to say of the log
judge()
{
	tests=$((tests + 1))
	"$kernel_log" "$log" >/dev/null
	[ $? = "$1" ] && return
	echo "not ok $tests - $2"
	status=1
}

# expect FOUND LINE: of a log with this line in it
expect()
{
	printf '[    1.0] Run /init as init process\r\n[    2.0] %s\r\n[    3.0] the end\r\n' \
		"$2" >"$log"
	judge "$1" "$2"
}

# expect_during FOUND TEST LINE: of the line and a stack after it, while a test runs
expect_during()
{
	printf '[ 1.0] mmscope test: %s\r\n[ 2.0] %s\r\n[ 3.0] CPU: 0\r\n[ 4.0] Call Trace:\r\n' \
		"$2" "$3" >"$log"
	judge "$1" "$3, during $2"
}

while read -r line; do
	expect 1 "$line"
done <<'END_OF_COMPLAINTS'
BUG: KASAN: slab-use-after-free in mmscope_open+0x10/0x80 [mmscope]
BUG: KASAN: vmalloc-out-of-bounds in ring_copy+0x10/0x80 [mmscope]
UBSAN: array-index-out-of-bounds in /build/module/emit.c:42:7
UBSAN: shift-out-of-bounds in /build/module/histogram.h:42:7
BUG: KFENCE: use-after-free read in mmscope_open+0x10/0x80
BUG: KCSAN: data-race in ring_copy / mmscope_close
WARNING: possible circular locking dependency detected
WARNING: possible recursive locking detected
WARNING: possible irq lock inversion dependency detected
WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected
WARNING: inconsistent lock state
WARNING: Nested lock was not taken
WARNING: bad unlock balance detected!
WARNING: held lock freed!
WARNING: lock held when returning to user space!
WARNING: suspicious RCU usage
WARNING: insmod/77 still has locks held!
[ BUG: Invalid wait context ]
BUG: MAX_LOCKDEP_ENTRIES too low!
BUG: MAX_LOCKDEP_CHAIN_HLOCKS too low!
INFO: trying to register non-static key.
INFO: lockdep is turned off.
Disabling lock debugging due to kernel taint
DEBUG_LOCKS_WARN_ON(lockdep_hardirqs_enabled())
BUG: sleeping function called from invalid context at mm/page_alloc.c:4700
BUG: scheduling while atomic: insmod/77/0x00000002
BUG: using smp_processor_id() in preemptible [00000000] code: cat/77
BUG: using __this_cpu_add() in preemptible [00000000] code: cat/77
bad: scheduling from the idle thread!
BUG: workqueue leaked lock or atomic: kworker/0:1/0x00000001/77
BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 34s!
watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:77]
INFO: task insmod:77 blocked for more than 122 seconds.
rcu: INFO: rcu_preempt self-detected stall on CPU
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
rcu: rcu_preempt kthread starved for 5252 jiffies! g1 f0x0 RCU_GP_WAIT_FQS(5)
WARNING: CPU: 1 PID: 77 at kernel/trace/ftrace.c:2126 ftrace_bug+0x1e0/0x2b0
ODEBUG: free active (active state 0) object: 0000000012345678 object type: timer_list hint: tick+0x0/0x10
Out of memory. ODEBUG disabled
object 0000000012345678 is on stack 0000000087654321, but NOT annotated.
list_add corruption. prev->next should be next (ffff888001234567), but was 0000000000000000.
list_del corruption, ffff888001234567->next is LIST_POISON1 (dead000000000100)
refcount_t: underflow; use-after-free.
BUG kmalloc-64 (Tainted: G           OE     ): Right Redzone overwritten
pagealloc: memory corruption
BUG: Bad page state in process rmmod  pfn:00123
BUG: Bad rss-counter state mm:0000000012345678 type:MM_ANONPAGES val:1
kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
kmemleak: Freeing unknown object at 0xffff888001234567
kmemleak: Cannot insert 0xffff888001234567 into the object search tree (overlaps existing)
kmemleak: Memory pool empty, consider increasing CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE
insmod: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)
insmod: vmalloc error: size 1052672, failed to allocate pages, mode:0xdc2, nodemask=(null)
Oops: general protection fault, probably for non-canonical address 0xdffffc0000000000: 0000 [#1]
BUG: kernel NULL pointer dereference, address: 0000000000000008
BUG: unable to handle page fault for address: ffffffffc0123456
kernel BUG at mm/slub.c:4321!
Kernel panic - not syncing: Fatal exception
Call Trace:
Unable to handle kernel paging request at virtual address ffff800080123456
debugfs: Directory 'mmscope' with parent '/' already present!
sysfs: cannot create duplicate filename '/module/mmscope'
mm-workload[77]: segfault at 0 ip 0000000000401234 sp 00007ffc12345678 error 4
END_OF_COMPLAINTS

while read -r line; do
	expect 0 "$line"
done <<'END_OF_ORDINARY'
mmscope: loading out-of-tree module taints kernel.
mmscope: module verification failed: signature and/or required key missing - tainting kernel
Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible via Spectre v2 BHB attacks!
kfence: initialized - using 2097152 bytes for 255 objects at 0x0000000012345678-0x0000000087654321
kasan: KernelAddressSanitizer initialized
kmemleak: Kernel memory leak detector disabled
kmemleak: Kernel memory leak detector initialized (mem pool available: 39000)
kmemleak: Automatic memory scanning thread started
Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
... MAX_LOCKDEP_ENTRIES:        131072
rcu: 	RCU lockdep checking is enabled.
clocksource: timekeeping watchdog on CPU0: wd-tsc-wd excessive read-back delay
mmscope: do_fork: cannot attach to kernel_clone: error -12; no fork_begin, no fork_end, no failed clones
END_OF_ORDINARY

# What it was told not to have it says, and nothing else is excused by that.
refused='insmod: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL)'
expect_during 0 faults "$refused"
expect_during 0 kmemleak 'insmod: vmalloc error: size 592, vm_struct allocation failed'
expect_during 1 paths "$refused"
expect_during 1 faults 'kmemleak: Cannot insert 0xffff888001234567 into the object search tree'
expect_during 1 faults 'BUG: scheduling while atomic: insmod/77/0x00000002'

[ $status != 0 ] || echo "ok 1 - $tests lines are told apart"
exit $status
