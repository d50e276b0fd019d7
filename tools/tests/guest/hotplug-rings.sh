#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Three of four CPUs go off and come back while the rings are full and a process is watched,
# and again with the ledger on, after the module was loaded anew: what a CPU that goes lends,
# and drops, is in nobody's table any more.
#
# boot: cpus=4
# cpus: 4
# timeout: 300

. "${0%/*}/common"
. "${0%/*}/ledger-common"

sys=/sys/devices/system/cpu
turns=$(rounds 3 2)

turn()
{
	echo "$2" >"$sys/cpu$1/online" || give_up "echo $2 >$sys/cpu$1/online"
}

# Once more whatever happens: the next test wants all CPUs.
trap 'for cpu in 1 2 3; do echo 1 >"$sys/cpu$cpu/online"; done; clean_up' EXIT

# Each of them is off at one moment, and users run on each before it goes.
turn_all()
{
	turned=0
	while [ $turned -lt "$turns" ]; do
		for cpu in 1 2 3; do
			mm-workload --cpu $cpu fork >>"$truth" || give_up "fork on CPU $cpu"
		done
		for cpu in 1 2 3; do
			turn $cpu 0
		done
		for cpu in 1 2 3; do
			turn $cpu 1
		done
		turned=$((turned + 1))
	done
}

# fill NAME: until the rings have begun to overwrite.
fill()
{
	filled=0
	while [ $filled -lt 20 ] && [ "$(stat_of lost_overwritten)" = 0 ]; do
		mm-workload storm --clones 500 >"$truth" || give_up "the storm"
		filled=$((filled + 1))
	done
	within "hotplug-rings: $1: the rings are full" 1 1000000000 \
		"$(stat_of lost_overwritten)" "$debugfs/stats"
}

processes()
{
	awk '$1 == "processes" { print $2 }' /proc/stat
}


for ledger in 0 1; do
	case $ledger in
	0) name=watch ;;
	1) name=ledger ;;
	esac
	load_with ring_kib=64 enable=1
	if [ $ledger = 0 ]; then
		# Where the CPU has registers for it; the rest is as well without.
		echo 1 >"$debugfs/watch" 2>"$scratch/watch"
	else
		set_ledger 1
	fi
	fill "$name"
	before=$(processes)
	turn_all
	equal "hotplug-rings: $name: CPUs went and came" "$turns" $turned
	mm-workload storm --clones 100 >"$truth" || give_up "the storm after it"
	within "hotplug-rings: $name: clones went on" 100 1000000 \
		$(($(processes) - before))
	for file in "$debugfs"/*; do
		cat "$file" >/dev/null 2>&1 || echo "$file"
	done >"$scratch/unreadable"
	empty "hotplug-rings: $name: every file can be read" "$scratch/unreadable"
	if [ $ledger = 1 ]; then
		visit_all_cpus
		everything_closes "hotplug-rings"
		set_ledger 0
	fi
	unload
	ok "hotplug-rings: $name: unloaded"
done
