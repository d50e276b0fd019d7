#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# probes says what is attached, how and where; the kernel's own lists agree. On
# stock kernels every point is there. A point that is not is said, and the others
# work.

. "${0%/*}/common"

# point how kind, as these kernels must show them
wanted_points()
{
	cat <<-END
		do_fork symbol kretprobe
		copy_mm reconstructed $1
		dup_mm reconstructed -
		new_task $2
		mm_birth symbol $1
		exec_release symbol $1
		exec_mm $3
		exit_mm symbol $1
		mm_dead reconstructed $1
		mm_free symbol $1
		context_switch tracepoint tracepoint
		use_mm symbol $1
		unuse_mm symbol $1
		task_rename $2
	END
}

# Every function that probes names, as the kernel lists it: where the kind says.
not_listed()
{
	cat /sys/kernel/debug/kprobes/list >"$scratch/kprobes"
	cat /sys/kernel/tracing/enabled_functions >"$scratch/functions"
	awk '!/^#/ && $4 ~ /^(kretprobe|kprobe_ftrace|optimized|int3|brk)$/ { print $5 }' \
		"$scratch/probes" | sed 's/+0x.*//' | while read -r function; do
		grep -q " $function+" "$scratch/kprobes" ||
			echo "$function is in no line of kprobes/list"
	done
	awk '!/^#/ && $4 == "ftrace" { print $5 }' "$scratch/probes" |
		sed 's/+0x.*//' | while read -r function; do
		grep -q "^$function " "$scratch/functions" ||
			echo "$function is in no line of enabled_functions"
	done
}

load
cat "$debugfs/probes" >"$scratch/probes"
equal "probes: off before recording" "off" \
	"$(awk '!/^#/ { print $2 }' "$scratch/probes" | sort -u)" "$scratch/probes"
unload

for attach in auto kprobe; do
	load_with attach=$attach
	record mm-workload vfork-exec
	start_recording
	cat "$debugfs/probes" >"$scratch/probes"
	if [ $attach = auto ]; then
		wanted_points "$(difference function_hook)" 'tracepoint tracepoint' \
			'tracepoint tracepoint' >"$scratch/wanted"
	else
		kprobe=$(difference function_kprobe)
		wanted_points "$kprobe" "fallback $kprobe" "fallback $kprobe" \
			>"$scratch/wanted"
	fi
	equal "probes: attach=$attach: all attached" "attached" \
		"$(awk '!/^#/ { print $2 }' "$scratch/probes" | sort -u)" \
		"$scratch/probes"
	awk '!/^#/ { print $1, $3, $4 }' "$scratch/probes" >"$scratch/got"
	diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
	empty "probes: attach=$attach: how and kind" "$scratch/differs"
	not_listed >"$scratch/wrong"
	empty "probes: attach=$attach: the kernel lists them too" "$scratch/wrong"
	# The workload passed all points but those of kernel threads with an mm.
	awk '!/^#/ && $3 != "reconstructed" && $1 !~ /use_mm/ && !$6' \
		"$scratch/probes" >"$scratch/wrong"
	empty "probes: attach=$attach: hits" "$scratch/wrong"
	equal "probes: attach=$attach: nothing missed" 0 \
		"$(awk '!/^#/ { n += $7 } END { print n }' "$scratch/probes")" \
		"$scratch/probes"
	stop_recording
	unload
done

# Point by point: without it the module loads, says so, and records the rest.
for point in do_fork copy_mm mm_birth mm_dead mm_free context_switch; do
	load_with without=$point
	record mm-workload fork
	cat "$debugfs/probes" >"$scratch/probes"
	equal "probes: without $point: said" unavailable \
		"$(awk -v point=$point '$1 == point { print $2 }' "$scratch/probes")" \
		"$scratch/probes"
	child=$(truth_of result what=clone)
	equal "probes: without $point: the clone is recorded" "dup 1" "$(records '
		type == "copy_mm" && field("child") == child {
			print how, (field("new_mm") > 0)
		}' child="$child")" "$events"
	unload
done
all=do_fork,copy_mm,dup_mm,new_task,mm_birth,exec_release,exec_mm,exit_mm
all=$all,mm_dead,mm_free,context_switch,use_mm,unuse_mm
mark_log
if insmod "$module" without=$all 2>/dev/null; then
	not_ok "probes: with nothing left insmod fails" "it loaded"
else
	log_since_mark >"$scratch/log"
	# insmod of busybox asks twice.
	within "probes: with nothing left insmod fails, and says why" 1 2 \
		"$(grep -c 'mmscope: this kernel has none' "$scratch/log")" \
		"$scratch/log"
fi
