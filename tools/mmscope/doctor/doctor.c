// SPDX-License-Identifier: GPL-2.0-only
/* doctor.c - all checks, one after the other */
#include "base/util.h"
#include "doctor/checks.h"
#include "doctor/doctor.h"

int doctor_run(struct doctor *doctor, bool is_root, bool json)
{
	table_init(&doctor->table, "check status note");
	doctor_say(doctor, "root", is_root, "%s",
		   is_root ? "you are root" :
			     "you are not root: run it with sudo");
	doctor_check_kernel(doctor);
	doctor_check_module(doctor);
	if (doctor_has(doctor, "/sys/module/mmscope"))
		doctor_check_loaded(doctor);
	table_print(&doctor->table, json, NULL);
	table_free(&doctor->table);
	return doctor->problems ? STATUS_TROUBLE : STATUS_OK;
}
