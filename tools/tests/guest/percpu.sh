#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# All modules share 8 KiB of static per-CPU memory. mmscope takes at most 512 bytes, as
# the kernel itself counts it, and what it allocates is in stats.

. "${0%/*}/common"

load_with enable=1
within "percpu: static per-CPU memory, in bytes" 1 512 \
	"$(stat_of static_percpu_bytes)" "$debugfs/stats"
unload
