#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# As modules.sh, with every module that the kernel has.
#
# boot: memory=6G modules=all
# kernels: 6.12-generic
# release: four thousand modules take long where they are emulated
# timeout: 5400

. "${0%/*}/common"
. "${0%/*}/ledger-common"
. "${0%/*}/modules-common"

choose_modules
modules_and_ledger modules-all 2000

# Big ones without an mm load as quickly as without the ledger; the shortest of three, in
# hundredths of a second, since the emulator has a host of its own to wait for.
big_ones='i915 amdgpu'

clock()
{
	sed 's/ .*//; s/\.//' /proc/uptime
}

# quickest NAME: what it needs is there already.
quickest()
{
	path=$(awk -v name="$1" '$1 == name { print $2 }' $module_list)
	best=
	for _ in 1 2 3; do
		rmmod "$1" 2>/dev/null
		then=$(clock)
		insmod "$path" 2>"$scratch/insmod" ||
			give_up "insmod $path: $(cat "$scratch/insmod")"
		took=$(($(clock) - then))
		[ -n "$best" ] && [ "$best" -le $took ] || best=$took
	done
	echo "$best"
}

for name in $big_ones; do
	modprobe "$name" || give_up "modprobe $name"
	echo "$name $(quickest "$name")"
done >"$scratch/off"
load
set_ledger 1
while read -r name off; do
	on=$(quickest "$name")
	echo "  $name: $off hundredths of a second without the ledger, $on with it"
	within "modules-all: $name loads about as quickly with the ledger on" 0 \
		$((off * 3 / 2 + 20)) "$on"
done <"$scratch/off"
set_ledger 0
unload
