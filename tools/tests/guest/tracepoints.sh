#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every type is a tracepoint of the module's own: plain tracefs records the same
# as the ring, in one run; its filter and its histogram work on the fields.

. "${0%/*}/common"

tracing=/sys/kernel/tracing/instances/mmscope_test
mmscope_events=$tracing/events/mmscope

# The ring's records as "type mm how field=value...", without flags, whose text
# differs, and sorted: the two need not agree on the order of CPUs.
ring_lines()
{
	records '
	type == "lost" { next }
	{
		words = type " mm=" mm " how=" (how == "-" ? "unknown" : how)
		words = words fields()
		sub(/ clone_flags=[^ ]*/, "", words)
		print words
	}' | sort
}

trace_lines()
{
	awk '
	/^#/ { next }
	{
		sub(/^.*[0-9]: /, "")
		type = $1
		sub(/:$/, "", type)
		words = type
		for (i = 2; i <= NF; i++)
			if ($i !~ /^(clone_flags|tgid)=/)
				words = words " " $i
		print words
	}' "$scratch/trace" | sort
}

load
if [ ! -d /sys/kernel/tracing/events/mmscope ]; then
	give_up "no events/mmscope in tracefs"
fi
mkdir "$tracing" || give_up "mkdir $tracing"
for event in "$mmscope_events"/*/; do
	basename "$event"
done | sort >"$scratch/got"
printf '%s\n' comm copy_mm dup_mm exec_mm exit_mm fork_begin fork_end \
	lazy_borrow lazy_handoff lazy_return lost mm_birth mm_dead mm_free ref \
	>"$scratch/wanted"
equal "tracepoints: one for each type" "$(cat "$scratch/wanted")" \
	"$(cat "$scratch/got")"

echo 4096 >"$tracing/buffer_size_kb"
echo 1 >"$mmscope_events/enable"
record mm-workload storm --clones 200
echo 0 >"$mmscope_events/enable"
cat "$tracing/trace" >"$scratch/trace"
ring_lines >"$scratch/ring_lines"
trace_lines >"$scratch/trace_lines"
within "tracepoints: the ring holds what the storm made" 1000 30000 \
	"$(wc -l <"$scratch/ring_lines")" "$truth"
diff "$scratch/ring_lines" "$scratch/trace_lines" >"$scratch/differs"
empty "tracepoints: tracefs has the same records with the same fields" \
	"$scratch/differs"

# A filter and a histogram on fields, in one more run.
echo >"$tracing/trace"
echo 'how == 3' >"$mmscope_events/copy_mm/filter" ||
	give_up "a filter on copy_mm"
echo 1 >"$mmscope_events/copy_mm/enable"
histogram=$mmscope_events/fork_end/trigger
if echo 'hist:keys=how' 2>/dev/null >"$histogram"; then
	histogram_works=1
else
	histogram_works=0
fi
start=$(count_records 'type == "lost" || 1')
record mm-workload storm --clones 200
tail -n +"$((start + 2))" "$events" >"$scratch/new"
events_from=$scratch/new
echo 0 >"$mmscope_events/copy_mm/enable"
equal "tracepoints: a filter on how lets dup through and nothing else" \
	"$(count_records 'type == "copy_mm" && how == "dup"')" \
	"$(grep -c 'copy_mm:.* how=dup' "$tracing/trace")"
equal "tracepoints: and nothing else" 0 \
	"$(grep -c 'copy_mm:.* how=share' "$tracing/trace")"
if [ $histogram_works = 1 ]; then
	records 'type == "fork_end" { n[how]++ }
	END {
		print n["fork"] + 0, n["vfork"] + 0, n["clone"] + 0, n["thread"] + 0
	}' >"$scratch/wanted"
	cat "$mmscope_events/fork_end/hist" >"$scratch/hist"
	awk '/how:/ { gsub(/[^0-9 ]/, ""); n[$1] = $2 }
	END { print n[4] + 0, n[5] + 0, n[6] + 0, n[7] + 0 }' \
		"$scratch/hist" >"$scratch/got"
	# Where two CPUs meet a kind for the first time at once, the kernel's map
	# takes one of them and says that it dropped the other.
	dropped=$(awk '/Dropped:/ { n = $2 } END { print n + 0 }' "$scratch/hist")
	within "tracepoints: a histogram drops what meets for the first time" \
		0 4 "$dropped" "$scratch/hist"
	echo "wanted: $(cat "$scratch/wanted")" >>"$scratch/hist"
	equal "tracepoints: a histogram of fork_end by kind, but for what it dropped" \
		"0 too many, $dropped missing" \
		"$(paste -d ' ' "$scratch/wanted" "$scratch/got" | awk '{
			for (kind = 1; kind <= 4; kind++)
				if ($kind < $(kind + 4))
					more += $(kind + 4) - $kind
				else
					less += $kind - $(kind + 4)
			print more + 0 " too many, " less + 0 " missing"
		}')" "$scratch/hist"
	echo '!hist:keys=how' >"$histogram"
else
	skip "tracepoints: a histogram" "this kernel has no CONFIG_HIST_TRIGGERS"
fi
rmdir "$tracing"
