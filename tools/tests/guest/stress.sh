#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# stress-ng's process and memory stressors with the ledger on and every file being read
# all the time: each clone is counted, every ledger closes, nothing is lost.
# MMSCOPE_STRESS_SECONDS says for how long.
#
# needs: stress-ng
# boot: memory=3G
# kernels: 6.1 6.12 7.2 7.3 6.1-rt 6.12-rt 6.12-generic debug
# release: it is a minute of nothing but load
# timeout: 1500

. "${0%/*}/common"
. "${0%/*}/ledger-common"

seconds=${MMSCOPE_STRESS_SECONDS:-60}
stressors="fork vfork vforkmany clone exec zombie daemon spawn kill pthread"
stressors="$stressors mmap mmapfork mremap madvise brk stack vm userfaultfd"
stressors="$stressors procfs pidfd wait switch context membarrier"

processes()
{
	awk '$1 == "processes" { print $2 }' /proc/stat
}

# What forks has: successful ones.
forks_counted()
{
	cat "$debugfs/forks" >"$scratch/forks"
	awk '!/^#/ { n += $3 } END { print n + 0 }' "$scratch/forks"
}

read_all()
{
	while :; do
		for file in "$debugfs"/*; do
			[ "${file##*/}" = events ] || cat "$file"
		done
		sleep 0.2
	done >/dev/null 2>"$scratch/read_errors"
}

# One after the other, each for its share, and no faster than a reader can come to its turn.
stress_all()
{
	share=$((seconds / $(echo "$stressors" | wc -w)))
	[ $share -gt 0 ] || share=1
	for name in $stressors; do
		stress-ng --"$name" 2 --timeout $share --vm-bytes 64M --mmap-bytes 64M \
			--oomable --temp-path "$scratch" >"$scratch/$name.said" 2>&1
		stress_status=$?
		echo "$name $stress_status"
		# 2 to 4: it cannot be tried here, or found no resources.
		[ $stress_status -le 4 ] || sed 's/^/    /' "$scratch/$name.said" | tail -n 5
	done >"$scratch/stressors"
}

load_with ring_kib=16384
# Switches without end fill any ring, and are not what is counted here.
echo types=fork_end,mm_birth,mm_free >"$debugfs/filter" || give_up "the filter"
set_ledger 1
mark_log
read_all &
reader=$!
began=$(processes)
counted=$(forks_counted)
stress_all
kill $reader
wait $reader 2>/dev/null
# Each is bracketed by the other: what this script forks meanwhile is in both.
first=$(processes)
grown=$(($(forks_counted) - counted))
last=$(processes)
within "stress: stressors that ran to their end" 12 100 \
	"$(awk '$2 == 0 { n++ } END { print n + 0 }' "$scratch/stressors")" "$scratch/stressors"
within "stress: forks are the clones of /proc/stat" $((first - began - 4)) \
	$((last - began + 4)) $grown "$scratch/forks"
visit_all_cpus
everything_closes stress
equal "stress: nothing lost" 0 "$(lost_in_all)" "$debugfs/stats"
empty "stress: every file could be read" "$scratch/read_errors"
echo "  $((last - began)) clones, $(total born) born, $(total closed) closed;" \
	"$(paste -sd, "$scratch/stressors" | sed 's/,/, /g')"
set_ledger 0
unload
log_since_mark | grep -E 'BUG|WARN|lockup|stall|blocked' >"$scratch/log"
empty "stress: the kernel has nothing to say" "$scratch/log"
