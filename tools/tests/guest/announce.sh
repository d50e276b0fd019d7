#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Writing 1 while recording announces what is there once more: every mm with its
# id of before, every loan, every task's name.

. "${0%/*}/common"

load
start_recording
hold threads 2
pid=$(truth_of pid ready=1)
take_events
mm=$(mm_of "$pid")
# What was recorded so far is taken away.
cat "$debugfs"/cpu* >/dev/null
echo 1 >"$debugfs/enable"
take_events
release
stop_recording
equal "announce: the mm, by its id of before, with its users" "3" "$(records '
	type == "mm_birth" && how == "found" && mm == wanted { print field("users") }' \
	wanted="$mm")" "$events"
equal "announce: every process that has one, init too" 1 "$(records '
	type == "mm_birth" && how == "found" { n++ } END { print (n > 3) }')" "$events"
equal "announce: no id that stood for another" "" "$(records '
	type == "mm_birth" && how == "found" && mm == 0')" "$events"
within "announce: names come again" 1 1000 "$(count_records 'type == "comm"')" \
	"$events"
