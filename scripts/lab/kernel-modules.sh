# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own modules for a guest: those that somebody asks for, with all that
# they depend on. To be sourced by boot, after initramfs.sh.
#
# They lie in /lib/modules as the distribution has them, but unpacked, since an
# emulated CPU takes long to do that. /lab/kernel-modules lists them in an order in
# which each can be loaded by insmod alone, a line for each:
#
#     NAME PATH mm|- SYMBOL,...|-
#
# with mm where the module calls a function of the kernel that takes or drops a
# reference on an mm, and those functions.

# Who calls one of them can hold an mm's counter; who calls none cannot: the last
# reference is dropped by __mmdrop() or __mmput(), and both mmdrop() and mmput() call
# one of these. get_task_mm() and mm_access() are there because what they give must be
# put.
mm_symbols='^(__mmdrop|__mmdrop_delayed|mmput|mmput_async|__mmput|kthread_use_mm|kthread_unuse_mm|use_mm|unuse_mm|get_task_mm|mm_access|mmgrab|mmdrop|mmget_not_zero)$'

# wanted_modules KERNEL PATTERN,...|all: paths below the kernel's modules, of these and
# of all that they need, what is needed first.
wanted_modules()
{
	local kernel=$1 patterns=$2

	[ "$patterns" != all ] || patterns='*'
	awk -v patterns="$patterns" '
		function plain(path) {
			sub(/.*\//, "", path)
			sub(/\.ko.*/, "", path)
			gsub(/-/, "_", path)
			return path
		}
		function visit(path, i, n, part) {
			if (path in seen)
				return
			seen[path] = 1
			n = split(needs[path], part, " ")
			for (i = n; i >= 1; i--)
				visit(part[i])
			print path
		}
		BEGIN {
			n = split(patterns, pattern, ",")
			for (i = 1; i <= n; i++) {
				gsub(/-/, "_", pattern[i])
				gsub(/\*/, ".*", pattern[i])
				pattern[i] = "^" pattern[i] "$"
			}
		}
		{
			path = $1
			sub(/:$/, "", path)
			order[NR] = path
			$1 = ""
			needs[path] = $0
		}
		END {
			for (k = 1; k <= NR; k++)
				for (i = 1; i <= n; i++)
					if (plain(order[k]) ~ pattern[i]) {
						visit(order[k])
						break
					}
		}' "$(dependencies_of "$kernel")"
}

# dependencies_of KERNEL: its modules.dep, which some packages leave to be made.
dependencies_of()
{
	local kernel=$1 release
	release=$(cat "$kernel/release")

	if [ ! -s "$kernel/modules.dep" ]; then
		mkdir -p "$kernel/depmod/lib/modules"
		ln -sfn "$(readlink -f "$kernel/modules")" "$kernel/depmod/lib/modules/$release"
		PATH=$PATH:/usr/sbin:/sbin depmod -n -b "$kernel/depmod" "$release" 2>/dev/null |
			sed -n '/^#/q; p' >"$kernel/modules.dep.new" || true
		mv "$kernel/modules.dep.new" "$kernel/modules.dep"
		rm -r "$kernel/depmod"
	fi
	printf '%s\n' "$kernel/modules.dep"
}

# unpack_module FROM TO
unpack_module()
{
	mkdir -p "$(dirname "$2")"
	case $1 in
	# As in initramfs.sh: a bare machine has no xz.
	*.xz) busybox xz -dc "$1" >"$2.new" ;;
	*) cp "$1" "$2.new" ;;
	esac && mv "$2.new" "$2"
}

# unpack_modules KERNEL: of paths on standard input those that are not in the kernel's
# folder `plain` yet. They stay there, for the next boot.
unpack_modules()
{
	local kernel=$1 path
	export -f unpack_module

	while read -r path; do
		[ -e "$kernel/plain/${path%.ko*}.ko" ] ||
			printf '%s\0%s\0' "$kernel/modules/$path" "$kernel/plain/${path%.ko*}.ko"
	done | xargs -0 -r -n 2 -P "$(nproc)" bash -c 'unpack_module "$@"' -
}

# describe_modules FOLDER FILE: the lines of /lab/kernel-modules for the paths in FILE.
describe_modules()
{
	(cd "$1" && xargs -r "${strip%strip}nm" -A -u <"$2") | awk -v symbols="$mm_symbols" '
		NR == FNR { order[++n] = $1; next }
		$NF ~ symbols {
			path = $1
			sub(/:.*/, "", path)
			calls[path] = calls[path] (calls[path] == "" ? "" : ",") $NF
		}
		END {
			for (i = 1; i <= n; i++) {
				name = path = order[i]
				sub(/.*\//, "", name)
				sub(/\.ko$/, "", name)
				gsub(/-/, "_", name)
				print name, path, calls[path] == "" ? "- -" : "mm " calls[path]
			}
		}' "$2" -
}

# add_kernel_modules TREE KERNEL PATTERN,...|all
add_kernel_modules()
{
	local tree=$1 kernel=$2 folder
	folder=$tree/lib/modules/$(cat "$kernel/release")

	mkdir -p "$folder" "$kernel/plain"
	wanted_modules "$kernel" "$3" >"$work/modules"
	lock "modules-$(basename "$kernel")" unpack_modules "$kernel" <"$work/modules"
	sed 's/\.ko.*/.ko/' "$work/modules" >"$work/modules.plain"
	(cd "$kernel/plain" && xargs -r cp --parents -t "$folder") <"$work/modules.plain"
	describe_modules "$folder" "$work/modules.plain" |
		sed "s, , /lib/modules/$(cat "$kernel/release")/," >"$tree/lab/kernel-modules"
}
