#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kthread_use_mm: a kernel thread gives back what it borrows and takes the
# process's mm; kthread_unuse_mm: it borrows that one from itself.

. "${0%/*}/common"

load
load_helper
start_recording
hold threads 1
victim=$(truth_of pid ready=1)
echo "$victim" >"$helper/use_mm" || give_up "use_mm $victim"
cat "$debugfs/mms" >"$scratch/mms"
echo off >"$helper/use_mm"
cat "$helper/use_mm" >"$scratch/said"
release
stop_recording
take_events
cat "$scratch/said" >>"$truth"

kthread=$(truth_of kthread what=use_mm)
mm=$(mm_of "$victim")
# What the thread itself did between its two calls' own times.
story()
{
	records '
	pid != wanted || ns < from || ns > to { next }
	type == "lazy_return" && how == "use_mm" { print "use", mm == own, field("borrower") }
	type == "lazy_borrow" && how == "unuse_mm" {
		print "unuse", mm == own, field("borrower"), field("users")
	}' wanted="$kthread" own="$mm" from="$(truth_of use_ns what=use_mm)" \
		to="$(truth_of unuse_ns what=use_mm)"
}
story >"$scratch/story"
equal "use-mm: one return at use, of what it had borrowed" "$kthread" \
	"$(awk '$1 == "use" { print $3 }' "$scratch/story")" "$events"
# Two threads of the process, and the helper that holds it by get_task_mm.
equal "use-mm: one borrow at unuse, of the process's mm" "1 $kthread 3" \
	"$(awk '$1 == "unuse" { print $2, $3, $4 }' "$scratch/story")" "$events"
equal "use-mm: mms shows the extra user, which is no task of it" "3" \
	"$(awk -v mm="$mm" '$1 == mm { print $3 }' "$scratch/mms")" "$scratch/mms"
equal "use-mm: the kernel thread is no task that has a share of it" "2" \
	"$(awk -v mm="$mm" '$1 == mm { print $5 }' "$scratch/mms")" "$scratch/mms"
