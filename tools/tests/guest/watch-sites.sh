#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# watch and ledger at once: every instruction that changes a counter has a probe on
# it then and is carried out somewhere else. Both say the same: task by task the
# same changes at the same places in the same order.

. "${0%/*}/common"
. "${0%/*}/watch-common"

case $(uname -m) in
x86_64) ;;
*)
	skip watch-sites "a probed instruction is invisible to watchpoints on this architecture"
	exit
	;;
esac
load
watch_supported
echo 1 >"$debugfs/ledger" || give_up "write 1 to $debugfs/ledger"
start_recording
hold steps
watch "$(truth_of pid ready=1)"
release
wait_until 20 watch_is freed
stop_recording
take_events
watched
mm=$(watch_word mm)
within "watch-sites: the mm is one that was recorded" 1 1000000 "$mm" "$ledger"
equal "watch-sites: users and count come to 0, nothing lost, nothing unknown" \
	"0 0 0 0" "$(for word in users count lost unknown; do
		watch_word $word ledger
	done | xargs)" "$ledger"
changes 'where !~ /^[A-Za-z_][A-Za-z0-9_.]*\+0x[0-9a-f]+$/' >"$scratch/wrong"
empty "watch-sites: each change has its function and offset" "$scratch/wrong"

# Loans are the scheduler's own records. Tasks apart, because two CPUs' clocks may
# disagree about what came first.
changes '!loan { print pid, counter, delta, where }' | sort -s -n -k 1,1 \
	>"$scratch/by-watch"
armed=$(awk '$2 == "armed" { sub(/\./, "", $3); print $3 }' "$ledger")
records 'type == "ref" && mm == wanted && ns >= armed {
	where = field("site")
	if (where !~ loan)
		print pid, how, field("delta") + 0, where
}' wanted="$mm" armed="$armed" loan="$loan_places" | sort -s -n -k 1,1 \
	>"$scratch/by-sites"
within "watch-sites: changes that are no loans" 40 1000 \
	"$(wc -l <"$scratch/by-watch")" "$ledger"
diff "$scratch/by-watch" "$scratch/by-sites" >"$scratch/wrong"
empty "watch-sites: sites and watchpoints say the same" "$scratch/wrong"
