// SPDX-License-Identifier: GPL-2.0-only
/*
 * site_functions.c - the functions that change mm_users or mm_count
 *
 * From every use of mmget(), mmgrab(), mmdrop(), their variants and the plain
 * atomics in the sources of 5.10, 6.1, 6.12 and 7.2. A static function is often
 * inlined into its caller, so the callers are listed as well: what a kernel does
 * not have is passed over, what has no such instruction costs nothing. Callers of
 * get_task_mm() and mmput(), which are functions, need not be here.
 *
 * Something missing shows up as an open ledger; the parameter `functions` adds it
 * without a new build, and Documentation/ledger.md says how to find it.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stddef.h>
#include <string.h>
/* The reader knows holders by the same list. */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

#include "shared/site_functions.h"

#define HOLDER(function, means)                      \
	{                                            \
		function, MMSCOPE_ROLE_HOLDER, means \
	}
#define BOTH(take, put, means) HOLDER(take, means), HOLDER(put, means)

static const char proc_file[] = "an open file of /proc/PID";
static const char proc_read[] = "a read of /proc/PID";
static const char uffd[] = "a userfaultfd";
static const char notifier[] = "an mmu notifier";
static const char khugepaged[] = "khugepaged";
static const char ksm[] = "ksm";
static const char oom[] = "the OOM killer";
static const char swapoff[] = "swapoff";
static const char io_uring[] = "an io_uring";
static const char user_events[] = "user_events";
static const char bpf[] = "a BPF iterator";
static const char iommu[] = "an IOMMU's shared addressing";
static const char fault[] = "a page fault";
static const char sgx[] = "an SGX enclave";
static const char task_mm[] = "get_task_mm()";

const struct mmscope_site_function mmscope_site_functions[] = {
	/* fork, exec, exit */
	{ "copy_process", MMSCOPE_ROLE_CLONE, NULL },
	{ "copy_mm", MMSCOPE_ROLE_CLONE, NULL },
	{ "dup_mm", MMSCOPE_ROLE_CLONE, NULL },
	{ "mmput", MMSCOPE_ROLE_PUT, NULL },
	{ "mmput_async", MMSCOPE_ROLE_PUT, NULL },
	{ "__mmput", MMSCOPE_ROLE_LAST, NULL },
	{ "mmput_async_fn", MMSCOPE_ROLE_LAST, NULL },
	{ "do_exit", MMSCOPE_ROLE_LOAN, NULL },
	{ "exit_mm", MMSCOPE_ROLE_LOAN, NULL },
	{ "begin_new_exec", MMSCOPE_ROLE_LOAN, NULL },
	{ "exec_mmap", MMSCOPE_ROLE_LOAN, NULL },
	{ "alloc_bprm", MMSCOPE_ROLE_LAST, NULL },
	{ "free_bprm", MMSCOPE_ROLE_LAST, NULL },

	/* the scheduler and those who borrow without it */
	{ "__schedule", MMSCOPE_ROLE_SWITCH, NULL },
	{ "context_switch", MMSCOPE_ROLE_SWITCH, NULL },
	{ "finish_task_switch", MMSCOPE_ROLE_SWITCH, NULL },
	{ "kthread_use_mm", MMSCOPE_ROLE_LOAN, NULL },
	{ "kthread_unuse_mm", MMSCOPE_ROLE_LOAN, NULL },
	{ "finish_cpu", MMSCOPE_ROLE_LOAN, NULL },
	{ "sched_force_init_mm", MMSCOPE_ROLE_LOAN, NULL },
	{ "sched_cpu_wait_empty", MMSCOPE_ROLE_LOAN, NULL },
	{ "cpu_init", MMSCOPE_ROLE_LOAN, NULL },
	{ "secondary_start_kernel", MMSCOPE_ROLE_LOAN, NULL },

	/* another task's mm */
	HOLDER("get_task_mm", task_mm),
	HOLDER("mm_access", task_mm),
	HOLDER("find_mm_struct", task_mm),
	HOLDER("kernel_move_pages", task_mm),

	/* /proc/PID */
	BOTH("proc_mem_open", "mem_release", proc_file),
	BOTH("proc_maps_open", "proc_map_release", proc_file),
	BOTH("pagemap_open", "pagemap_release", proc_file),
	HOLDER("smaps_rollup_release", proc_file),
	HOLDER("mem_rw", proc_read),
	HOLDER("environ_read", proc_read),
	HOLDER("auxv_read", proc_read),
	BOTH("m_start", "m_stop", proc_read),
	HOLDER("m_next", proc_read),
	HOLDER("show_smaps_rollup", proc_read),
	HOLDER("pagemap_read", proc_read),
	HOLDER("do_pagemap_scan", proc_read),
	HOLDER("do_pagemap_cmd", proc_read),
	HOLDER("do_procmap_query", proc_read),
	HOLDER("procfs_procmap_ioctl", proc_read),
	HOLDER("query_vma_setup", proc_read),
	HOLDER("__set_oom_adj", proc_read),

	/* userfaultfd */
	HOLDER("new_userfaultfd", uffd),
	HOLDER("__do_sys_userfaultfd", uffd),
	HOLDER("__se_sys_userfaultfd", uffd),
	HOLDER("__x64_sys_userfaultfd", uffd),
	HOLDER("__arm64_sys_userfaultfd", uffd),
	HOLDER("userfaultfd_dev_ioctl", uffd),
	HOLDER("dup_userfaultfd", uffd),
	HOLDER("userfaultfd_ctx_put", uffd),
	HOLDER("userfaultfd_ctx_read", uffd),
	HOLDER("userfaultfd_release", uffd),
	HOLDER("userfaultfd_release_all", uffd),
	HOLDER("mremap_userfaultfd_fail", uffd),
	HOLDER("userfaultfd_event_wait_completion", uffd),
	HOLDER("handle_userfault", uffd),
	HOLDER("userfaultfd_ioctl", uffd),
	HOLDER("userfaultfd_register", uffd),
	HOLDER("userfaultfd_unregister", uffd),
	HOLDER("userfaultfd_copy", uffd),
	HOLDER("userfaultfd_zeropage", uffd),
	HOLDER("userfaultfd_writeprotect", uffd),
	HOLDER("userfaultfd_continue", uffd),
	HOLDER("userfaultfd_poison", uffd),
	HOLDER("userfaultfd_move", uffd),

	/* mmu notifiers */
	HOLDER("__mmu_notifier_register", notifier),
	HOLDER("mmu_notifier_unregister", notifier),
	HOLDER("mmu_notifier_free_rcu", notifier),
	HOLDER("__mmu_interval_notifier_insert", notifier),
	HOLDER("mmu_interval_notifier_insert", notifier),
	HOLDER("mmu_interval_notifier_insert_locked", notifier),
	HOLDER("mmu_interval_notifier_remove", notifier),

	/* page faults that do not take mmap_lock */
	HOLDER("lock_vma_under_rcu", fault),
	HOLDER("lock_next_vma", fault),

	/* what looks through all mm's */
	HOLDER("__khugepaged_enter", khugepaged),
	HOLDER("__khugepaged_exit", khugepaged),
	HOLDER("collect_mm_slot", khugepaged),
	HOLDER("khugepaged_scan_mm_slot", khugepaged),
	HOLDER("collapse_scan_mm_slot", khugepaged),
	HOLDER("khugepaged", khugepaged),
	HOLDER("madvise_collapse", "madvise(MADV_COLLAPSE)"),
	HOLDER("__ksm_enter", ksm),
	HOLDER("__ksm_exit", ksm),
	HOLDER("unmerge_and_remove_all_rmap_items", ksm),
	HOLDER("scan_get_next_rmap_item", ksm),
	HOLDER("ksm_do_scan", ksm),
	HOLDER("ksm_scan_thread", ksm),
	HOLDER("run_store", ksm),
	HOLDER("try_to_unuse", swapoff),
	HOLDER("__do_sys_swapoff", swapoff),
	HOLDER("__se_sys_swapoff", swapoff),
	HOLDER("__x64_sys_swapoff", swapoff),
	HOLDER("__arm64_sys_swapoff", swapoff),
	HOLDER("get_mm_list", "page reclaim"),
	HOLDER("get_next_mm", "page reclaim"),
	HOLDER("iterate_mm_list", "page reclaim"),
	HOLDER("should_skip_mm", "page reclaim"),
	HOLDER("try_to_inc_max_seq", "page reclaim"),
	HOLDER("mark_oom_victim", oom),
	HOLDER("__oom_kill_process", oom),
	HOLDER("oom_kill_process", oom),
	HOLDER("__do_sys_process_mrelease", "process_mrelease()"),
	HOLDER("__se_sys_process_mrelease", "process_mrelease()"),
	HOLDER("__x64_sys_process_mrelease", "process_mrelease()"),
	HOLDER("__arm64_sys_process_mrelease", "process_mrelease()"),
	HOLDER("mmdrop_async", oom),
	HOLDER("free_signal_struct", oom),
	HOLDER("__put_task_struct", oom),

	/* uprobes, BPF, user_events, io_uring, IOMMUs */
	HOLDER("build_map_info", "a uprobe"),
	HOLDER("register_for_each_vma", "a uprobe"),
	HOLDER("task_vma_seq_get_next", bpf),
	HOLDER("task_vma_seq_stop", bpf),
	HOLDER("bpf_iter_task_vma_new", bpf),
	HOLDER("bpf_find_vma", bpf),
	HOLDER("__mmget_not_zero", bpf),
	HOLDER("user_event_mm_alloc", user_events),
	HOLDER("user_event_mm_destroy", user_events),
	HOLDER("user_event_mm_put", user_events),
	HOLDER("user_event_mm_remove", user_events),
	HOLDER("user_event_mm_dup", user_events),
	HOLDER("current_user_event_mm", user_events),
	HOLDER("delayed_user_event_mm_put", user_events),
	HOLDER("io_uring_create", io_uring),
	HOLDER("io_uring_setup", io_uring),
	HOLDER("io_ring_ctx_free", io_uring),
	HOLDER("io_ring_exit_work", io_uring),
	HOLDER("io_put_zcrx_ifq", io_uring),
	HOLDER("iommu_domain_free", iommu),
	HOLDER("iommu_sva_domain_alloc", iommu),
	HOLDER("iommu_sva_bind_device", iommu),
	HOLDER("iommu_sva_handle_mm", iommu),
	HOLDER("iommu_sva_handle_iopf", iommu),
	HOLDER("iommu_sva_iopf_handler", iommu),
	HOLDER("sgx_encl_mm_add", sgx),
	HOLDER("sgx_encl_alloc_backing", sgx),
	HOLDER("sgx_encl_cpumask", sgx),
	HOLDER("sgx_encl_test_and_clear_young", sgx),
	HOLDER("sgx_zap_enclave_ptes", sgx),
	HOLDER("sgx_reclaim_pages", sgx),
	HOLDER("futex_hash_allocate", "a futex hash"),
	BOTH("rust_helper_mmget", "rust_helper_mmdrop", "Rust code"),
	HOLDER("rust_helper_mmgrab", "Rust code"),
	HOLDER("rust_helper_mmget_not_zero", "Rust code"),
};

const unsigned int mmscope_nr_site_functions =
	ARRAY_SIZE(mmscope_site_functions);

/**
 * mmscope_site_function() - what is known of a function by its name
 * @name: as in the source
 *
 * Return: NULL if the list does not have it.
 */
const struct mmscope_site_function *mmscope_site_function(const char *name)
{
	unsigned int i;

	for (i = 0; i < mmscope_nr_site_functions; i++)
		if (!strcmp(mmscope_site_functions[i].name, name))
			return &mmscope_site_functions[i];
	return NULL;
}
