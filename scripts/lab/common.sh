# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What every program of the lab needs: where things are, how to complain, and
# how to keep two of them from doing the same thing at once. To be sourced.

set -euo pipefail

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for those who source this
checkout=$(cd "$lab_dir/../.." && pwd)
program=$(basename "$0")
cache=${MMSCOPE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/mmscope}

note()
{
	printf '%s\n' "$*" >&2
}

die()
{
	printf '%s: %s\n' "$program" "$*" >&2
	exit 1
}

# A mistake in the command line. The caller's help is one --help away.
usage_error()
{
	printf '%s: %s; try %s --help\n' "$program" "$*" "$program" >&2
	exit 2
}

# Prints the comment that starts in the program's fourth line: its help.
print_help()
{
	sed -n '4,${/^#/!q; s/^# \{0,1\}//p}' "$0"
}

# native ARCHITECTURE: whether it is this machine's.
native()
{
	[ "$1" = "$(dpkg --print-architecture)" ]
}

# architecture_prefix ARCHITECTURE: what the distribution puts in front of the names of
# programs that build for it; without the last character also of library folders.
architecture_prefix()
{
	case $1 in
	amd64) echo x86_64-linux-gnu- ;;
	arm64) echo aarch64-linux-gnu- ;;
	*) die "no compiler for $1 is known" ;;
	esac
}

# programs_dir ARCHITECTURE: where build-programs leaves tools/.
programs_dir()
{
	if native "$1"; then
		printf '%s\n' "$checkout"
	else
		printf '%s/build/%s/programs-%s\n' "$cache" "$(checkout_key)" "$1"
	fi
}

# lock NAME COMMAND...: runs COMMAND while nobody else holds NAME. The lock goes
# with the process, however that ends.
lock()
{
	local name=$1
	shift

	mkdir -p "$cache/locks"
	(
		flock 9
		"$@"
	) 9>"$cache/locks/$name"
}

# kernel_names [TARGET]: all of the table, as for a release, or those that this target
# boots.
# shellcheck disable=SC2120
kernel_names()
{
	sed 's/#.*//' "$lab_dir/kernels" |
		awk -v target="${1-}" 'NF && (target == "" || target == "check-release" || $8 == target) { print $1 }'
}

# The words of a line in the table, see there.
kernel_columns='name version arch route headers image compiler target cpus slow'

# kernel_field NAME COLUMN: one word of a kernel's line in the table.
kernel_field()
{
	sed 's/#.*//' "$lab_dir/kernels" |
		awk -v name="$1" -v wanted="$2" -v columns="$kernel_columns" '
			BEGIN { n = split(columns, column, " ") }
			$1 == name {
				for (i = 1; i <= n; i++)
					if (column[i] == wanted)
						print $i
			}'
}

require_kernel()
{
	[ -n "$(kernel_field "$1" name)" ] ||
		usage_error "no kernel '$1'; there are: $(kernel_names '' | xargs)"
}

# Where the newest fetched kernel NAME is; see fetch for what lies there.
kernel_dir()
{
	printf '%s/kernels/%s\n' "$cache" "$1"
}

# Where this checkout's modules for kernel NAME are built. A build writes beside
# its sources, so each kernel has copies of its own, and so has each checkout.
build_dir()
{
	printf '%s/build/%s/%s\n' "$cache" "$(checkout_key)" "$1"
}

checkout_key()
{
	printf '%s' "$checkout" | sha256sum | cut -c1-12
}
