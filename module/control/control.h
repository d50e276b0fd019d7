/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - recording, on and off
 */
#ifndef MMSCOPE_CONTROL_H
#define MMSCOPE_CONTROL_H

#include <linux/types.h>

/**
 * struct mmscope_settings - the module's parameters, checked
 * @ring_bytes: of each CPU's ring
 * @max_mms: 0: by the size of memory
 * @max_clones: that can be under way at once
 */
struct mmscope_settings {
	unsigned long ring_bytes;
	unsigned int max_mms;
	unsigned int max_clones;
};

extern struct mmscope_settings mmscope_settings;

int mmscope_start(void);
void mmscope_stop(void);
int mmscope_give_back(void);
size_t mmscope_memory_bytes(void);
void mmscope_release_memory(void);

#endif /* MMSCOPE_CONTROL_H */
