#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# watch: the ledger of one process whose every step is known: what each leaves
# behind, that the sum over its life is -1 for each counter, who let go last.

. "${0%/*}/common"
. "${0%/*}/watch-common"

load
watch_supported
hold steps
pid=$(truth_of pid ready=1)
watch "$pid"
watched
equal "watch: armed on the process" "armed $pid" \
	"$(watch_word state) $(watch_word pid)" "$ledger"
equal "watch: users when armed, by /proc" \
	"$(awk '/^Threads:/ { print $2 }' "/proc/$pid/status")" \
	"$(watch_word users armed)" "$ledger"
release
wait_until 20 watch_is freed
watched
equal "watch: ends by itself when the mm is freed" freed "$(watch_word state)" \
	"$ledger"
equal "watch: users and count come to 0, nothing lost, nothing unknown" \
	"0 0 0 0" "$(for word in users count lost unknown; do
		watch_word $word ledger
	done | xargs)" "$ledger"

# Each step: net of the rows between its times, the scheduler's loans aside.
# Those are count's, so of users it is all there is.
grep what=step "$truth" >"$scratch/steps"
while read -r line; do
	name=$(word_of name "$line")
	changes "ns >= from && ns <= to {
		users += counter == \"users\" ? delta : 0
		count += counter == \"count\" && !loan ? delta : 0
	}
	END { print users + 0, count + 0 }" from="$(word_of begin_ns "$line")" \
		to="$(word_of end_ns "$line")" >"$scratch/net"
	[ "$(cat "$scratch/net")" = \
		"$(word_of users "$line") $(word_of count "$line")" ] ||
		echo "$name: $(cat "$scratch/net") instead of $line"
done <"$scratch/steps" >"$scratch/wrong"
within "watch: steps there were" 18 18 "$(wc -l <"$scratch/steps")" "$truth"
empty "watch: each step leaves behind what it should" "$scratch/wrong"

# Steps that leave nothing behind are not invisible.
for name in vfork read_maps read_mem process_vm_readv ptrace; do
	line=$(grep "name=$name " "$scratch/steps")
	changes 'ns >= from && ns <= to && counter == "users" {
		plus += delta > 0
		minus += delta < 0
	}
	END { exit !(plus && plus == minus) }' \
		from="$(word_of begin_ns "$line")" \
		to="$(word_of end_ns "$line")" || echo "$name"
done >"$scratch/unseen"
empty "watch: takes that are given back at once are seen" "$scratch/unseen"

# What the file says a value is against the sum of its deltas, and that no value
# of users is below 0 or above what the process can have.
changes '{
	sum[counter] += delta
	if (first[counter] + sum[counter] != value)
		print line
	if (counter == "users" && (value < 0 || value > 12))
		print line
}' >"$scratch/wrong"
empty "watch: value is the sum of what came before" "$scratch/wrong"

equal "watch: the last that is no loan is the holder's" \
	"$(truth_of holder what=releasing)" "$(changes '
	counter == "count" && !loan { last = pid } END { print last }')" \
	"$ledger"
changes 'where !~ /^[A-Za-z_][A-Za-z0-9_.]*\+0x[0-9a-f]+$/' >"$scratch/wrong"
empty "watch: each change has its function and offset" "$scratch/wrong"
grep -niE '(0x)?f{4}[0-9a-f]{8,}' "$ledger" >"$scratch/wrong"
empty "watch: no address leaves the kernel" "$scratch/wrong"
