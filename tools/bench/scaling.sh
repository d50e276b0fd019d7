# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# scaling.sh - what a record costs as everything around it grows; to be sourced by
# scripts/bench

all_scales=(rate tasks mms vmas ring capture cpus)

# Each number of CPUs is a boot of its own, and one in which time is the emulator's:
# where QEMU 7.2 counts instructions, the first CPU never lets the others begin.
scaling_boots()
{
	local cpus scale single=() accel=$accel

	rm -rf "$out" && mkdir -p "$out"
	for scale in "${methods[@]}"; do
		[ "$scale" = cpus ] || single+=("$scale")
	done
	if [ ${#single[@]} -gt 0 ]; then
		in_guest -- /lab/bench/scaling "${single[@]}" >&2
		cat "$out/scaling" >>"$work"
		cat "$out/times" >>"$work.times"
	fi
	[[ " ${methods[*]} " = *" cpus "* ]] || return 0
	[ "$accel" = kvm ] || accel=tcg
	for cpus in 1 2 4; do
		in_guest --cpus $cpus -- /lab/bench/scaling cpus >&2
		cat "$out/scaling" >>"$work"
		cat "$out/times" >>"$work.times"
	done
}

scaling()
{
	local work

	[ ${#methods[@]} -gt 0 ] || methods=("${all_scales[@]}")
	work=$(mktemp)
	: >"$work.times"
	scaling_boots
	mv "$work" "$out/scaling"
	mv "$work.times" "$out/times"
	awk -v unit="$unit" -f "$bench/scale" "$out/scaling" "$out/times" |
		tee "$out/scaling.txt"
	awk -f "$bench/scale_cpus" "$out/scaling" "$out/times" | tee "$out/cpus.txt"
	gnuplot -e "data='$out/scaling.txt'; picture='$out/scaling.svg'; unit='$unit'" \
		"$bench/scaling.gnuplot"
	note "also $out/scaling.txt, $out/cpus.txt and $out/scaling.svg"
}
