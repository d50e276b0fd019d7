# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# Copies of sources, for builds that must not write beside the originals. To be
# sourced.

# list_sources ROOT PATH...
list_sources()
{
	local root=$1
	shift

	(cd "$root" && find "$@" -type f \( -name '*.[chS]' -o -name Kbuild \
		-o -name dkms.conf -o -name Makefile \) ! -name '*.mod.c' 2>/dev/null | sort)
}

# copy_sources TARGET PATH...: makes the sources in TARGET those of this checkout's
# PATHs. By content, not by time: a checkout of an older version brings newer times,
# an unpacked archive older ones, and make must notice both. What is no longer a
# source must go, or a build could succeed that fails in a clean tree.
copy_sources()
{
	local target=$1 file
	shift

	while read -r file; do
		cmp -s "$checkout/$file" "$target/$file" && continue
		mkdir -p "$target/$(dirname "$file")"
		cat "$checkout/$file" >"$target/$file"
	done < <(list_sources "$checkout" "$@")
	comm -13 <(list_sources "$checkout" "$@") <(list_sources "$target" "$@") |
		(cd "$target" && xargs -r rm -f)
}
