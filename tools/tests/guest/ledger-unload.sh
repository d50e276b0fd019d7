#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
#
# All sites armed and let go again and again under load: nothing locks up, nothing
# is left in the kernel's text, and the log stays clean (the host looks at it).
# MMSCOPE_STRESS_SECONDS says for how long, and MMSCOPE_STRESS_REST_US how hard: what
# rest the load takes between two clones, 0 for none.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

seconds=${MMSCOPE_STRESS_SECONDS:-4}
rest_us=${MMSCOPE_STRESS_REST_US:-$(rounds 20000 50000)}

# Kprobes that are not some other tool's: there is none before.
probes_left()
{
	grep -cv '\[DISABLED\]$' /sys/kernel/debug/kprobes/list
}

before=$(probes_left)
mm-workload churn --seconds $((seconds + 60)) --rest-us "$rest_us" >"$scratch/churn" &
churn=$!
mm-workload proc-reader --rest-ms $((rest_us / 100)) >"$scratch/reader" &
reader=$!
until=$(($(uptime_seconds) + seconds))
rounds=0
on=1
while [ "$(uptime_seconds)" -lt $until ] || [ $rounds -lt 2 ]; do
	load
	set_ledger $on
	sleep 0.2
	take ledger
	total open >>"$scratch/opens"
	total 'missed by probes' >>"$scratch/misses"
	[ $((rounds % 2)) = 0 ] || set_ledger 0
	unload
	[ "$on" = 1 ] && on=audit || on=1
	rounds=$((rounds + 1))
done
within "ledger-unload: loaded with all sites armed, and unloaded, so often" 2 100000 \
	$rounds
kill $churn $reader 2>/dev/null
wait $churn || not_ok "ledger-unload: the load went on well" "exit status $?" \
	"$scratch/churn"
wait $reader
equal "ledger-unload: no ledger open in any of them" 0 \
	"$(awk '{ n += $1 } END { print n + 0 }' "$scratch/opens")" "$scratch/opens"
equal "ledger-unload: no change missed in any of them" 0 \
	"$(awk '{ n += $1 } END { print n + 0 }' "$scratch/misses")" "$scratch/misses"
equal "ledger-unload: no probe is left" "$before" "$(probes_left)" \
	/sys/kernel/debug/kprobes/list
echo "  $rounds rounds in $seconds s"
