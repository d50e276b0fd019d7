// SPDX-License-Identifier: GPL-2.0-only
/*
 * refs_memory.c - references that memory management takes: userfaultfd, io_uring,
 * ksm, khugepaged, swapoff
 */
#include "refs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define HUGE_PAGE (2UL << 20)

static void *map_pages(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("%zu bytes", size);
	return at;
}

/* A child that touches every page with the same byte, advises, and waits. */
static pid_t advised_victim(size_t size, int advice, int *error)
{
	int said[2];
	char *at;
	pid_t pid;
	int code = 0;

	if (pipe(said))
		die("pipe");
	pid = must_fork();
	if (!pid) {
		at = map_pages(size + HUGE_PAGE);
		at += HUGE_PAGE - (unsigned long)at % HUGE_PAGE;
		memset(at, 'm', size);
		if (madvise(at, size, advice))
			code = errno;
		if (write(said[1], &code, sizeof(code)) != sizeof(code))
			_exit(1);
		for (;;)
			pause();
	}
	if (read(said[0], &code, sizeof(code)) != sizeof(code))
		die("read");
	close(said[0]);
	close(said[1]);
	*error = -code;
	return pid;
}

/* ---- userfaultfd ---- */

struct faults {
	int fd;
	long handled;
};

/* Gives pages, and takes the descriptors that forks bring, until the end. */
static void *handle_faults(void *argument)
{
	struct faults *faults = argument;
	struct uffdio_zeropage zero;
	struct uffd_msg message;

	while (read(faults->fd, &message, sizeof(message)) == sizeof(message)) {
		faults->handled++;
		if (message.event == UFFD_EVENT_FORK) {
			close(message.arg.fork.ufd);
			return NULL;
		}
		memset(&zero, 0, sizeof(zero));
		zero.range.start = message.arg.pagefault.address & ~4095ULL;
		zero.range.len = 4096;
		if (ioctl(faults->fd, UFFDIO_ZEROPAGE, &zero))
			die("UFFDIO_ZEROPAGE");
	}
	return NULL;
}

/* Registered when it exits, and one descriptor outlives what it belongs to. */
int ref_userfaultfd(void)
{
	struct uffdio_api api = { .api = UFFD_API,
				  .features = UFFD_FEATURE_EVENT_FORK };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct faults faults = { .fd = syscall(SYS_userfaultfd, O_CLOEXEC) };
	pthread_t handler;
	char *at;

	if (faults.fd < 0)
		return -errno;
	at = map_pages(4 * 4096);
	range.range.start = (unsigned long)at;
	range.range.len = 4 * 4096;
	if (ioctl(faults.fd, UFFDIO_API, &api) ||
	    ioctl(faults.fd, UFFDIO_REGISTER, &range))
		die("userfaultfd");
	errno = pthread_create(&handler, NULL, handle_faults, &faults);
	if (errno)
		die("pthread_create");
	if (at[0] || at[4096])
		die_usage("userfaultfd: a page that is not zero");
	/* Waits until the handler has taken the child's descriptor. */
	wait_child(must_fork() ?: (_exit(0), 0));
	pthread_join(handler, NULL);
	if (faults.handled != 3)
		die_usage("userfaultfd: %ld events, wanted 3", faults.handled);
	return 0;
}

/* ---- io_uring: one closed before the end, one not, one with a thread ---- */

static int make_ring(unsigned int flags)
{
	struct io_uring_params params = { .flags = flags };

	return syscall(SYS_io_uring_setup, 4, &params);
}

int ref_io_uring(void)
{
	int fd = make_ring(0);

	if (fd < 0)
		return -errno;
	close(fd);
	if (make_ring(0) < 0 || make_ring(IORING_SETUP_SQPOLL) < 0)
		die("io_uring_setup");
	sleep_ms(20);
	return 0;
}

/* ---- ksm, khugepaged: threads that look through all that have asked ---- */

static long file_value(const char *path)
{
	char text[32];

	read_file(path, text, sizeof(text));
	return atol(text);
}

/* Two more whole rounds, of which the second began after the call. */
static void wait_scans(const char *path)
{
	long then = file_value(path);
	int64_t until = now_ns() + 20000000000LL;

	while (file_value(path) < then + 2) {
		if (now_ns() > until)
			die_usage("%s: no two scans in 20 s", path);
		sleep_ms(10);
	}
}

#define KSM "/sys/kernel/mm/ksm/"

/* One ends while ksm has it on its list, one is taken off it by run=2. */
int ref_ksm(void)
{
	pid_t first, second;
	int error;

	if (write_file(KSM "sleep_millisecs", "1") ||
	    write_file(KSM "pages_to_scan", "1000") ||
	    write_file(KSM "run", "1"))
		return -ENOENT;
	first = advised_victim(64 * 4096, MADV_MERGEABLE, &error);
	if (error)
		die("MADV_MERGEABLE");
	second = advised_victim(64 * 4096, MADV_MERGEABLE, &error);
	wait_scans(KSM "full_scans");
	ref_end_victim(first);
	wait_scans(KSM "full_scans");
	if (write_file(KSM "run", "2") || write_file(KSM "run", "0"))
		die("ksm/run");
	ref_end_victim(second);
	return 0;
}

#define THP "/sys/kernel/mm/transparent_hugepage/"

/* The word in brackets is the one that is set. */
static void thp_enabled(char *word, size_t size)
{
	char text[128], *at, *end;

	read_file(THP "enabled", text, sizeof(text));
	at = strchr(text, '[');
	end = at ? strchr(at, ']') : NULL;
	if (!end)
		die_usage(THP "enabled: '%s'", text);
	snprintf(word, size, "%.*s", (int)(end - at - 1), at + 1);
}

/* One ends while khugepaged looks at it, one after. */
int ref_khugepaged(void)
{
	pid_t first, second;
	char before[16];
	int error;

	if (access(THP "enabled", W_OK))
		return -ENOENT;
	thp_enabled(before, sizeof(before));
	if (write_file(THP "enabled", "madvise"))
		die(THP "enabled");
	if (write_file(THP "khugepaged/scan_sleep_millisecs", "1") ||
	    write_file(THP "khugepaged/pages_to_scan", "4096"))
		die(THP "khugepaged");
	first = advised_victim(2 * HUGE_PAGE, MADV_HUGEPAGE, &error);
	if (error)
		die("MADV_HUGEPAGE");
	second = advised_victim(2 * HUGE_PAGE, MADV_HUGEPAGE, &error);
	ref_end_victim(first);
	wait_scans(THP "khugepaged/full_scans");
	ref_end_victim(second);
	/* As it was: tests after this one have their own processes. */
	if (write_file(THP "khugepaged/scan_sleep_millisecs", "10000") ||
	    write_file(THP "enabled", before))
		die(THP "khugepaged");
	return 0;
}

int ref_madvise_collapse(void)
{
	int error;
	pid_t pid = advised_victim(HUGE_PAGE, MADV_COLLAPSE, &error);

	ref_end_victim(pid);
	return error;
}

/* ---- swapoff: brings back what was paged out ---- */

#define SWAP "/dev/zram0"

int ref_swapoff(void)
{
	pid_t pid;
	int error;

	/* Made by whoever starts this: there is no file to swap to in a guest. */
	if (access(SWAP, W_OK))
		return -ENOENT;
	if (swapon(SWAP, 0))
		die("swapon " SWAP);
	pid = advised_victim(2 * HUGE_PAGE, MADV_PAGEOUT, &error);
	if (error)
		die("MADV_PAGEOUT");
	if (status_number(pid, "VmSwap:") <= 0)
		die_usage("swapoff: nothing of %d was paged out", pid);
	if (swapoff(SWAP))
		die("swapoff " SWAP);
	ref_end_victim(pid);
	return 0;
}
