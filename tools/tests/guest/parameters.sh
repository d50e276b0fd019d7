#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A parameter out of its range: insmod fails, the log names the range, nothing is
# left behind. The ends of each range are taken.
#
# long: about numbers that mmscope itself judges

. "${0%/*}/common"

# What each wrong value must bring into the log.
while read -r parameter wanted; do
	mark_log
	if insmod "$module" "$parameter" 2>"$scratch/said"; then
		echo "$parameter: loaded"
		rmmod mmscope
	fi
	grep -qi 'invalid' "$scratch/said" ||
		echo "$parameter: insmod says: $(cat "$scratch/said")"
	log_since_mark >"$scratch/log"
	grep -q "mmscope.*$wanted" "$scratch/log" ||
		echo "$parameter: the log does not say '$wanted': $(cat "$scratch/log")"
	[ ! -d "$debugfs" ] || echo "$parameter: left $debugfs"
done >"$scratch/wrong" <<'END'
ring_kib=15 16 to 1048576
ring_kib=1048577 16 to 1048576
ring_kib=-1 ring_kib
ring_kib=many ring_kib
max_mms=63 64 to 4194304
max_mms=1 64 to 4194304
max_mms=4194305 64 to 4194304
max_clones=15 16 to 65536
max_clones=0 16 to 65536
max_clones=65537 16 to 65536
attach=ftrace neither auto nor kprobe
attach= neither auto nor kprobe
overwrite=2 overwrite
enable=2 enable
enable=maybe enable
without=nonsense not a point
END
empty "parameters: wrong ones are refused with a reason" "$scratch/wrong"

for parameters in 'ring_kib=16 max_mms=64 max_clones=16' \
	'max_mms=1048576 max_clones=65536' 'ring_kib=17' \
	'attach=kprobe overwrite=0 enable=1'; do
	# shellcheck disable=SC2086 # several words
	load_with $parameters
	start_recording
	mm-workload fork >/dev/null
	stop_recording
	unload
	ok "parameters: $parameters"
done
load_with ring_kib=17
equal "parameters: ring_kib is rounded up to a power of two" 32768 \
	"$(stat_of ring_bytes_per_cpu)"
