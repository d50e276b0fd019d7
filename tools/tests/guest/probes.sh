#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# probes says what is attached, how and where; the kernel's own lists agree. On
# stock kernels every point is there. A point that is not is said, and the others
# work.
#
# needs: mawk

. "${0%/*}/common"

# wanted_points ATTACH: point, how, kind, where, as the table expected-probes says
wanted_points()
{
	case $1 in
	auto) entry=$(difference function_hook) ;;
	*) entry=$(difference function_kprobe) ;;
	esac
	while read -r pattern attach_pattern row; do
		# shellcheck disable=SC2254 # they are patterns
		case $(uname -r):$1 in
		$pattern:$attach_pattern) echo "$row" ;;
		esac
	done <"${0%/*}/expected-probes" >"$scratch/rows"
	# The first row for a point is the one.
	awk -v entry="$entry" '!seen[$1]++ {
		sub(/^entry$/, entry, $3)
		print $1, $2, $3, $4
	}' "$scratch/rows"
}

# What probes shows, with the function's own name only: where is behind IBT's
# landing pad, and what the compiler added, is another claim's.
shown_points()
{
	awk '!/^#/ {
		where = $5
		gsub(/\+0x[0-9a-f]+\/0x[0-9a-f]+/, "", where)
		print $1, $3, $4, where
	}' "$scratch/probes"
}

# What the copies of probes name: NAME OFFSET SIZE.
named()
{
	awk '!/^#/ { print $5 }' "$@" |
		sed -n 's,^\([^+]*\)+\(0x[^/]*\)/\(0x.*\),\1 \2 \3,p' | sort -u
}

# Where the kernel's own list has the names in $1: NAME ADDRESS, and the address of what
# comes next in memory. In one pass, and by the faster awk, since it is 200,000 lines.
places()
{
	mawk '
	NR == FNR { wanted[$1]; next }
	at && $1 != at {
		print name, at, $1
		delete wanted[name]
		at = ""
	}
	!at && NF == 3 && $3 in wanted {
		name = $3
		at = $1
	}' "$1" /proc/kallsyms
}

misplaced()
{
	named "$@" >"$scratch/named"
	places "$scratch/named" >"$scratch/places"
	while read -r name offset size; do
		if ! place=$(grep "^$name " "$scratch/places"); then
			echo "$name is not listed"
			continue
		fi
		at=${place#* }
		next=${at#* }
		at=${at% *}
		[ $((0x${next#????????} - 0x${at#????????})) = $((size)) ] ||
			echo "$name has another size than $size: from $at to $next"
		# A probe is at the entry: nothing but a landing pad before it.
		[ $((offset)) -le 8 ] || echo "$name: a probe at $offset"
	done <"$scratch/named"
}

# Every function that probes names, as the kernel lists it: where the kind says, and
# as the kind that it says.
not_listed()
{
	cat /sys/kernel/debug/kprobes/list >"$scratch/kprobes"
	cat /sys/kernel/tracing/enabled_functions >"$scratch/functions"
	awk '!/^#/ && $4 ~ /^(kretprobe|kprobe_ftrace|optimized|int3|brk)$/ {
		sub(/\+.*/, "", $5)
		print $4, $5
	}' "$scratch/probes" | while read -r kind function; do
		line=$(grep " $function+" "$scratch/kprobes" | head -n 1)
		case $kind:$line in
		*:) echo "$function is in no line of kprobes/list" ;;
		kretprobe:*) ;;
		kprobe_ftrace:*FTRACE* | optimized:*OPTIMIZED*) ;;
		int3:*FTRACE* | int3:*OPTIMIZED*) echo "$kind: $line" ;;
		int3:* | brk:*) ;;
		*) echo "$kind: $line" ;;
		esac
	done
	awk '!/^#/ && $4 == "ftrace" { print $5 }' "$scratch/probes" |
		sed 's/+0x.*//' | while read -r function; do
		grep -q "^$function " "$scratch/functions" ||
			echo "$function is in no line of enabled_functions"
	done
}

# What a kprobe is can change while it is attached: probes shows it as it is now.
kinds()
{
	awk '!/^#/ && $4 != "tracepoint" && $4 != "-" { print $4 }' "$debugfs/probes" |
		sort -u | xargs
}

switched_off()
{
	kinds >"$scratch/before"
	echo 0 >/sys/kernel/debug/kprobes/enabled
	equal "probes: kprobes switched off: all disarmed" disarmed "$(kinds)" \
		"$debugfs/probes"
	echo 1 >/sys/kernel/debug/kprobes/enabled
	equal "probes: and on again" "$(cat "$scratch/before")" "$(kinds)" \
		"$debugfs/probes"
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
	wanted_points $attach >"$scratch/wanted"
	equal "probes: attach=$attach: all attached" "attached" \
		"$(awk '!/^#/ { print $2 }' "$scratch/probes" | sort -u)" \
		"$scratch/probes"
	shown_points >"$scratch/got"
	diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
	empty "probes: attach=$attach: how, kind and where, as expected of this kernel" \
		"$scratch/differs"
	cp "$scratch/probes" "$scratch/probes.$attach"
	not_listed >"$scratch/wrong"
	empty "probes: attach=$attach: the kernel lists them too" "$scratch/wrong"
	# The workload passed all points but those of kernel threads with an mm
	# and of CPUs that go.
	awk '!/^#/ && $3 != "reconstructed" && $1 !~ /use_mm|cpu_offline/ && !$6' \
		"$scratch/probes" >"$scratch/wrong"
	empty "probes: attach=$attach: hits" "$scratch/wrong"
	equal "probes: attach=$attach: nothing missed" 0 \
		"$(awk '!/^#/ { n += $7 } END { print n }' "$scratch/probes")" \
		"$scratch/probes"
	[ $attach = auto ] || switched_off
	stop_recording
	unload
done

misplaced "$scratch/probes.auto" "$scratch/probes.kprobe" >"$scratch/wrong"
empty "probes: symbol, offset and size" "$scratch/wrong"
within "probes: functions whose places were looked at" 5 100 \
	"$(grep -c . "$scratch/places")" "$scratch/named"

# Point by point: without it the module loads, says so, and records the rest.
points="copy_mm mm_birth context_switch"
[ -n "${MMSCOPE_SHORT-}" ] || points="do_fork $points mm_dead mm_free"
for point in $points; do
	load_with without="$point"
	record mm-workload fork
	cat "$debugfs/probes" >"$scratch/probes"
	equal "probes: without $point: said" unavailable \
		"$(awk -v point="$point" '$1 == point { print $2 }' "$scratch/probes")" \
		"$scratch/probes"
	child=$(truth_of result what=clone)
	equal "probes: without $point: the clone is recorded" "dup 1" "$(records '
		type == "copy_mm" && field("child") == child {
			print how, (field("new_mm") > 0)
		}' child="$child")" "$events"
	unload
done
all=do_fork,copy_process,copy_mm,dup_mm,new_task,mm_birth,exec_release,exec_mm,exit_mm
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
