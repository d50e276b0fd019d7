// SPDX-License-Identifier: GPL-2.0-only
/*
 * metadata.c - the file `metadata`: what CTF readers need to know
 */
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>

#include "base/recording.h"
#include "ledger/sites.h"
#include "shared/metadata_text.h"
#include "show/text.h"

static void metadata_emit(void *to, const char *text)
{
	seq_puts(to, text);
}

static void metadata_row(struct seq_file *m, void *seen, unsigned long n)
{
	const struct mmscope_metadata data = {
		.kernel_release = init_uts_ns.name.release,
		.page_size = PAGE_SIZE,
		.session = mmscope_session(),
		.clock_offset = ktime_get_real_ns() - ktime_get_ns(),
		.sites = mmscope_nr_sites(),
	};

	mmscope_metadata_text(&data, metadata_emit, m);
}

const struct mmscope_text mmscope_metadata_text_file = {
	.name = "metadata",
	.mode = 0400,
	.row = metadata_row,
};
