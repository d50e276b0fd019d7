#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 240
#
# Whatever takes a reference besides clones, execs and the scheduler: /proc,
# ptrace, process_vm_readv, move_pages, oom_score_adj, process_mrelease,
# userfaultfd, io_uring, ksm, khugepaged, MADV_COLLAPSE, swapoff. Each is done to a
# process that ends, whose ledger then closes, and is seen in a function of its own.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

# Where a way's references are taken: any of these must have counted a take.
functions_of()
{
	case $1 in
	proc) difference other_mm ;;
	ptrace) echo get_task_mm ;;
	process_vm_readv) difference other_mm ;;
	move_pages) echo kernel_move_pages find_mm_struct get_task_mm ;;
	oom_score_adj) echo __set_oom_adj ;;
	process_mrelease) echo __do_sys_process_mrelease __se_sys_process_mrelease \
		__x64_sys_process_mrelease __arm64_sys_process_mrelease ;;
	userfaultfd) echo new_userfaultfd __do_sys_userfaultfd __se_sys_userfaultfd \
		__x64_sys_userfaultfd __arm64_sys_userfaultfd ;;
	io_uring) echo io_uring_setup io_uring_create io_uring_install_fd \
		io_sq_offload_create io_allocate_scq_urings ;;
	ksm) echo __ksm_enter ;;
	khugepaged) echo __khugepaged_enter ;;
	madvise_collapse) echo madvise_collapse ;;
	swapoff) echo try_to_unuse __do_sys_swapoff __se_sys_swapoff \
		__x64_sys_swapoff __arm64_sys_swapoff ;;
	esac
}

takes_of_all()
{
	takes=0
	for function in "$@"; do
		takes=$((takes + $(function_sum "$function" takes)))
	done
	echo $takes
}

# A device in memory to swap to, if this kernel has one.
make_swap()
{
	modprobe -a zsmalloc lzo lzo-rle lz4 zram >/dev/null 2>&1
	[ -e /sys/block/zram0 ] || return
	echo 67108864 >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null
}

do_way()
{
	take ledger
	# shellcheck disable=SC2046 # names of functions
	before=$(takes_of_all $(functions_of "$1"))
	timeout 60 mm-workload refs "$1" >"$truth" 2>"$scratch/errors" || {
		not_ok "ledger-refs: $1" "exit status $?" "$scratch/errors"
		return
	}
	error=$(truth_of error "way=$1" done=0)
	case $error in
	'') ;;
	ENOSYS | EINVAL | ENOENT | EPERM | EOPNOTSUPP)
		skip "ledger-refs: $1" "this kernel does not offer it ($error)"
		return
		;;
	*)
		not_ok "ledger-refs: $1" "it failed with $error"
		return
		;;
	esac
	take ledger
	# shellcheck disable=SC2046 # names of functions
	within "ledger-refs: $1: seen where it is taken" $((before + 1)) 1000000000 \
		"$(takes_of_all $(functions_of "$1"))" "$scratch/ledger"
	open_rows >"$scratch/open"
	empty "ledger-refs: $1: nothing stays open" "$scratch/open"
}

make_swap
load
set_ledger 1
for way in proc ptrace process_vm_readv move_pages oom_score_adj \
	process_mrelease userfaultfd io_uring ksm khugepaged madvise_collapse swapoff; do
	do_way $way
done
# io_uring gives back from a worker, after an RCU grace period.
wait_until 20 sh -c '! grep -q "io_uring" /sys/kernel/debug/mmscope/holders'
visit_all_cpus
everything_closes "ledger-refs"
# For a moment there may be one: a CPU has given a loan back and not dropped the count yet.
none_unknown()
{
	awk '!/^#/ && $6 == "unknown" && $2 != "live"' "$debugfs/holders" >"$scratch/wrong"
	[ ! -s "$scratch/wrong" ]
}

wait_until 10 none_unknown
empty "ledger-refs: nobody unknown holds a mm that is gone" "$scratch/wrong"
unload
