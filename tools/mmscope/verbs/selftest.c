// SPDX-License-Identifier: GPL-2.0-only
/* selftest.c - mmscope selftest: starts the program mmscope-selftest */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "cli/options.h"
#include "module/debugfs.h"
#include "verbs/verbs.h"

/* Where it may be, from the folder of this program on: installed, copied, or built. */
static const char *const places[] = {
	"../libexec/mmscope/mmscope-selftest",
	"mmscope-selftest",
	"../selftest/mmscope-selftest",
};

/* The path of the program, to be freed; NULL if it is nowhere, which is said. */
static char *find_program(void)
{
	char self[PATH_MAX], *slash, *path;
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	self[length > 0 ? length : 0] = '\0';
	slash = strrchr(self, '/');
	if (!slash) {
		complain("/proc/self/exe: %s", strerror(errno));
		return NULL;
	}
	*slash = '\0';
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		path = must_format("%s/%s", self, places[i]);
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	complain(
		"the program mmscope-selftest is neither in %s nor in %s/../libexec/mmscope: install it, or `make reader`",
		self, self);
	return NULL;
}

static int run(const struct options *options)
{
	char *program = find_program();
	size_t count = 0, words = 0;
	char **argv;

	if (!program)
		return STATUS_TROUBLE;
	while (options->command[count])
		count++;
	/* The program, --json, the rows, and NULL. */
	argv = must_calloc(count + 3, sizeof(*argv));
	argv[words++] = program;
	if (options->json)
		argv[words++] = "--json";
	memcpy(argv + words, options->command, count * sizeof(*argv));
	setenv("MMSCOPE_DEBUGFS", debugfs_directory(), 1);
	execv(program, argv);
	complain("%s: %s", program, strerror(errno));
	free(argv);
	free(program);
	return STATUS_TROUBLE;
}

const struct verb verb_selftest = {
	.name = "selftest",
	.run = run,
	.letters = "jdh",
	.synopsis = "[--json] [ROW...]",
	.operands = true,
	.summary =
		"what the textbooks say of address spaces, tried on this kernel",
	.about =
		"Makes an experiment of each claim, and shows what mmscope recorded of it and what\n"
		"other witnesses say: it holds, holds with a difference, or does not hold here.\n"
		"ROW is a row's number or name. Afterwards the module is as it was before.",
};
