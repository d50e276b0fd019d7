# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# scaling.sh - what a record costs as everything around it grows; to be sourced by
# scripts/bench

all_scales=(rate tasks mms vmas ring capture cpus)

# Where QEMU 7.2 counts instructions, a CPU gives way to the next only when it pauses or
# has nothing to do. Kernels before 6.5 do neither while they wait for another CPU to
# begin, so CPUs are counted on this one.
smp_kernel=6.12

# Each number of CPUs is a boot of its own.
scaling_boots()
{
	local cpus scale single=() kernel=$kernel

	rm -rf "$out" && mkdir -p "$out"
	for scale in "${methods[@]}"; do
		[ "$scale" = cpus ] || single+=("$scale")
	done
	if [ ${#single[@]} -gt 0 ]; then
		in_guest -- /lab/bench/scaling "${single[@]}" >&2
		cat "$out/scaling" >>"$work"
		cat "$out/losses" >>"$work.losses"
	fi
	[[ " ${methods[*]} " = *" cpus "* ]] || return 0
	case $accel:$kernel in
	icount:5.* | icount:6.1*)
		kernel=$smp_kernel
		"$lab_dir/build" "$kernel"
		note "cpus is measured on $kernel"
		;;
	esac
	for cpus in 1 2 4; do
		in_guest --cpus $cpus -- /lab/bench/scaling cpus >&2
		cat "$out/scaling" >>"$work"
		cat "$out/losses" >>"$work.losses"
	done
}

scaling()
{
	local work

	[ ${#methods[@]} -gt 0 ] || methods=("${all_scales[@]}")
	work=$(mktemp)
	: >"$work.losses"
	scaling_boots
	mv "$work" "$out/scaling"
	mv "$work.losses" "$out/losses"
	awk -v unit="$unit" -f "$bench/scale" "$out/scaling" "$out/losses" |
		tee "$out/scaling.txt"
	gnuplot -e "data='$out/scaling.txt'; picture='$out/scaling.svg'; unit='$unit'; scales='${methods[*]}'" \
		"$bench/scaling.gnuplot"
	note "also $out/scaling.svg"
}
