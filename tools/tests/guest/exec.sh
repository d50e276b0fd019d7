#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# exec gives a task a new mm and takes the old one: after fork the copy, after
# vfork and posix_spawn the parent's own.

. "${0%/*}/common"

# new mm, old mm, users and count of the new one, for the process of the truth
exec_of()
{
	records 'type == "exec_mm" && tgid == wanted {
		print mm, field("old_mm"), field("users"), field("count")
	}' wanted="$1"
}

load
for verb in exec vfork-exec posix-spawn exec-thread; do
	# On one CPU: one that it came from would still have its mm on loan, and count it.
	record mm-workload --cpu 0 $verb
	pid=$(truth_of pid what=exec)
	exec_of "$pid" >"$scratch/exec"
	read -r new old users count <"$scratch/exec"
	equal "exec: $verb: one exec_mm" 1 "$(wc -l <"$scratch/exec")" "$events"
	equal "exec: $verb: users and count of the new mm" "1 1" \
		"${users:-?} ${count:-?}" "$events"
	equal "exec: $verb: the old mm is the one its clone gave it" \
		"$(records 'type == "copy_mm" && field("child") == wanted {
			print field("new_mm") }' wanted="$pid")" "${old:-?}" "$events"
	equal "exec: $verb: the new mm is born of exec, out of the old" \
		"exec ${old:-?}" \
		"$(records 'type == "mm_birth" && mm == wanted {
			print how, field("parent_mm") }' wanted="${new:-0}")" "$events"
done
