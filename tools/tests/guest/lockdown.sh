#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Under lockdown: insmod refuses, and the log says lockdown. Lockdown cannot be
# undone, so this wants a boot of its own.
#
# append: lockdown=integrity

. "${0%/*}/common"

state=/sys/kernel/security/lockdown
[ -e $state ] || mount -t securityfs securityfs /sys/kernel/security
if [ ! -e $state ]; then
	skip lockdown "this kernel has no lockdown"
	exit 0
fi
if grep -q '\[none\]' $state; then
	skip lockdown "boot with --append lockdown=confidentiality for it"
	exit 0
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
