#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Under lockdown: what was loaded before shows nothing any more, insmod refuses, and the
# log says lockdown. Then where only signed modules may be loaded. What people read, of
# make load and of the doctor, is one line that says what to do.
#
# last: neither can be undone

. "${0%/*}/common"

state=/sys/kernel/security/lockdown
[ -e $state ] || mount -t securityfs securityfs /sys/kernel/security
if [ ! -e $state ]; then
	skip lockdown "this kernel has no lockdown"
	exit 0
fi

readable()
{
	for file in "$debugfs"/*; do
		{ cat "$file" >/dev/null && echo "$file"; } 2>&1
	done
}

# Unless it was booted so.
if grep -q '\[none\]' $state; then
	load
	start_recording
	equal "lockdown: before it every file is shown" $((15 + $(cpus))) \
		"$(readable | wc -l)"
	echo integrity >$state || give_up "echo integrity >$state"
fi
mark_log
if insmod "$module" 2>"$scratch/said"; then
	not_ok "lockdown: insmod refuses" "it loaded under $(cat $state)"
	exit 1
fi
equal "lockdown: insmod refuses with EPERM" 1 \
	"$(grep -c 'not permitted' "$scratch/said")" "$scratch/said"
log_since_mark >"$scratch/log"
within "lockdown: the log says so" 1 100 "$(grep -ci lockdown "$scratch/log")" \
	"$scratch/log"

# After that, since the kernel says only some of its refusals in the log.
if loaded mmscope; then
	readable >"$scratch/readable"
	grep -v ': Operation not permitted$' "$scratch/readable" >"$scratch/wrong"
	empty "lockdown: of what was recorded before it no file is shown" "$scratch/wrong"
	equal "lockdown: each is refused" $((15 + $(cpus))) \
		"$(wc -l <"$scratch/readable")" "$scratch/readable"
	unload
	ok "lockdown: and it can be unloaded"
fi

# refused NAME WORDS: load-module fails, and its one line has the words.
refused()
{
	if sh "${module%/*}/load-module" "$module" >"$scratch/said" 2>&1; then
		not_ok "$1: load-module refuses" "it loaded"
	fi
	equal "$1: load-module says why in one line" "1 1" \
		"$(wc -l <"$scratch/said") $(grep -c "$2" "$scratch/said")" "$scratch/said"
}

# doctor NAME CHECK WORDS
doctor()
{
	mmscope doctor >"$scratch/doctor" 2>&1
	equal "$1: the doctor's status" 1 $?
	equal "$1: the doctor says so" 1 \
		"$(grep -c "^ *$2 *problem *.*$3" "$scratch/doctor")" "$scratch/doctor"
}

refused lockdown 'the kernel is locked down (integrity)'
doctor lockdown lockdown 'the kernel is locked down'

# Enforcement is asked first, and is an error of its own.
echo 1 >/sys/module/module/parameters/sig_enforce
mark_log
refused enforcement 'loads signed modules only, and it is not signed'
log_since_mark >"$scratch/log"
within "enforcement: it was the kernel that refused it" 1 100 \
	"$(grep -c 'Loading of unsigned module is rejected' "$scratch/log")" "$scratch/log"
doctor enforcement signature 'mmscope.ko is not signed'
