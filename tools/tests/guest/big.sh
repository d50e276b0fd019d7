#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A big machine: 48 CPUs and 8,000 processes with the ledger on. Every file can be read,
# and takes as long as there is more in it, not longer; what memory it took is known and
# is given back.
#
# boot: cpus=48 memory=8G
# kernels: 6.12 7.2 7.3
# release: 48 CPUs that are emulated on one take minutes
# timeout: 1800

. "${0%/*}/common"
. "${0%/*}/ledger-common"

# One host thread for all of them.
export MMSCOPE_SLOW=$((${MMSCOPE_SLOW:-1} * 10))
few=500
many=8000
# Sixteen times as many may take so many times as long.
factor=25
files="forks mms borrows ledger holders stacks candidates watch probes stats metadata filter enable README"

# time_files FILE: seconds that each of them takes, and its lines.
time_files()
{
	for file in $files; do
		then=$(cut -d ' ' -f 1 /proc/uptime)
		cat "$debugfs/$file" >"$scratch/one" || give_up "read $file"
		awk -v file="$file" -v then="$then" -v lines="$(wc -l <"$scratch/one")" \
			'{ printf "%s %.2f %d\n", file, $1 - then, lines }' /proc/uptime
	done >"$1"
}

# A file too short to be measured may take what the clock cannot tell.
slow_files()
{
	awk -v factor=$factor '
	NR == FNR { few[$1] = $2 > 0.1 ? $2 : 0.1; next }
	$2 > few[$1] * factor {
		print $1 ": " $2 " s with many processes, " few[$1] " s with few"
	}' "$scratch/few" "$scratch/many"
}

equal "big: CPUs there are" 48 "$(cpus)"
load_with ring_kib=64
set_ledger 1
mark_log
hold processes $few
time_files "$scratch/few"
release
hold processes $many
time_files "$scratch/many"
cat "$debugfs/events" >"$scratch/one" || give_up "read events"
within "big: mms has every process" $many 100000 \
	"$(awk '$1 == "mms" { print $3 }' "$scratch/many")" "$scratch/many"
slow_files >"$scratch/wrong"
empty "big: no file takes longer than there is more in it" "$scratch/wrong"
paste -d ' ' "$scratch/few" "$scratch/many" |
	awk '{ print "  " $1 ": " $2 " s with few processes, " $5 " s with many" }'
in_use=$(stat_of memory_bytes)
within "big: the memory in use" 1 $((512 * 1024 * 1024)) "$in_use" "$debugfs/stats"
echo "  memory: $in_use bytes"
release
visit_all_cpus
everything_closes big
equal "big: no mm was without room" "0" \
	"$(stat_of lost_mm_table_full)" "$debugfs/stats"
set_ledger 0
unload
log_since_mark | grep -E 'BUG|WARN|lockup|stall|blocked' >"$scratch/log"
empty "big: the kernel has nothing to say" "$scratch/log"
