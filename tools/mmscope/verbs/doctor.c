// SPDX-License-Identifier: GPL-2.0-only
/* doctor.c - mmscope doctor: what is missing on this machine */
#include <sys/utsname.h>
#include <unistd.h>

#include "cli/options.h"
#include "doctor/doctor.h"
#include "verbs/verbs.h"

static int run(const struct options *options)
{
	struct doctor doctor = { .root = "" };
	struct utsname name;

	uname(&name);
	doctor.release = name.release;
	return doctor_run(&doctor, !geteuid(), options->json);
}

const struct verb verb_doctor = {
	.name = "doctor",
	.run = run,
	.rows = (const struct row_type *const[]){ &doctor_type, NULL },
	.letters = "jdh",
	.synopsis = "[--json]",
	.summary = "what is missing on this machine, and what to do",
	.about =
		"Checks root, the kernel's configuration, lockdown, ftrace, debugfs, and the module:\n"
		"its record format, its points and other readers if it is loaded; if not, whether\n"
		"it is installed, built for this kernel, signed, or could be built here. What cannot\n"
		"be seen is said to be unknown. Exits 0 if no problem was found.",
};
