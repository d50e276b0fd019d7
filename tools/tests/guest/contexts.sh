#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# User-level threads are no tasks: 1000 of them on 4 threads are 4 clones.

. "${0%/*}/common"

load
record mm-workload contexts --contexts 1000 --threads 4
pid=$(truth_of pid what=contexts)
equal "contexts: the witness ran 1000 of them" 1000 \
	"$(truth_of contexts what=contexts)"
equal "contexts: clones recorded" "$(truth_of clones what=contexts)" \
	"$(count_records 'type == "fork_end" && pid == wanted' wanted="$pid")" \
	"$events"
