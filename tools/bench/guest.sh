# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest in which bench and count do the works. To be sourced by them, which set
#
#     kernel, accel, boot_seconds    as for boot
#     out                            where results go

# Sets programs, and work to a folder that goes when the program ends.
build_guest()
{
	"$checkout/scripts/packages" module reader lab
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	"$lab_dir/build" "$kernel"
	"$lab_dir/build-programs"
	programs=$cache/build/$(checkout_key)/bench
	make -s -C "$checkout/tools/bench" OUT="$programs"
}

# in_guest BOOT-OPTION... -- COMMAND...
in_guest()
{
	"$lab_dir/boot" --built --kernel "$kernel" --cpus 1 --memory 3G --accel "$accel" \
		--timeout "$boot_seconds" --out "$out" --add "$programs/bench-work" \
		--add "$programs/bench-first-line" \
		--add "$checkout/tools/bench/guest:/lab/bench" "$@"
}
