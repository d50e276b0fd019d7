/* SPDX-License-Identifier: GPL-2.0-only */
/* mms.h - one address space, as records tell it */
#ifndef MMSCOPE_MMS_H
#define MMSCOPE_MMS_H

#include <stdint.h>
#include <uthash.h>

#include "model/names.h"

/**
 * struct address_space - one mm
 * @users: as last seen in a record, likewise @count; -1: not seen
 * @tasks: those it was found with (as many as it had users), come and gone
 * @birth: or when it was found, ns
 * @dead: when users reached 0; 0: it lives
 * @dead_count: count at that moment
 * @dead_pid: the task that ran then
 * @pid: whose it was at birth or exec
 */
struct address_space {
	uint64_t id;
	int32_t users, count, tasks, dead_count;
	uint64_t birth, dead;
	uint8_t how;
	uint32_t pid, dead_pid;
	char comm[COMM_SIZE];
	UT_hash_handle hh;
};

#endif /* MMSCOPE_MMS_H */
