// SPDX-License-Identifier: GPL-2.0-only
/* doctor.c - all checks, one after the other */
#include "base/util.h"
#include "doctor/checks.h"
#include "doctor/doctor.h"
#include "output/table.h"

static const struct column columns[] = {
	COLUMN("check", STRING, "what was looked at"),
	COLUMN("status", STRING, "ok, problem or unknown"),
	COLUMN("note", STRING, "what was found, and what to do"),
	{ 0 },
};

const struct row_type doctor_type = { "doctor", "one check of the machine",
				      columns };

int doctor_run(struct doctor *doctor, bool is_root, bool json)
{
	rows_init(&doctor->rows, &doctor_type);
	doctor_say(doctor, "root", is_root, "%s",
		   is_root ? "you are root" :
			     "you are not root: run it with sudo");
	doctor_check_kernel(doctor);
	doctor_check_module(doctor);
	if (doctor_has(doctor, "/sys/module/mmscope"))
		doctor_check_loaded(doctor);
	table_print(&doctor->rows, json ? FORM_JSON : FORM_TEXT);
	rows_free(&doctor->rows);
	return doctor->problems ? STATUS_TROUBLE : STATUS_OK;
}
