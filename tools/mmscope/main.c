// SPDX-License-Identifier: GPL-2.0-only
/* main.c - mmscope VERB [options]: the reader of the mmscope kernel module */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cli/options.h"
#include "module/debugfs.h"
#include "shared/record.h"
#include "verbs/schema.h"
#include "verbs/verbs.h"

static int run(int argc, char **argv)
{
	const struct verb *verb;
	struct options options;
	int status;

	if (argc < 2) {
		complain("which verb? `mmscope help` lists them");
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("mmscope %s, record format %d\n", MMSCOPE_VERSION,
		       MMSCOPE_ABI_VERSION);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--schema")) {
		schema_print();
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		argv[1] = "help";
	verb = verb_find(argv[1]);
	if (!verb) {
		complain("unknown verb '%s' (`mmscope help` lists them)",
			 argv[1]);
		return STATUS_USAGE;
	}
	verb_name = verb->name;
	debugfs_use(NULL);
	status = options_parse(verb, argc - 1, argv + 1, &options);
	if (status)
		return status;
	if (options.help) {
		verb_print_help(verb);
		return STATUS_OK;
	}
	return verb->run(&options);
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	/* A full disk behind standard output must not pass for success. */
	if (fflush(stdout) || ferror(stdout)) {
		complain("standard output: %s", strerror(errno));
		if (!status)
			status = STATUS_TROUBLE;
	}
	return status;
}
