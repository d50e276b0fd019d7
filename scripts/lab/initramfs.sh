# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# What a guest finds in its root folder. To be sourced by boot.
#
#     /init               guest-init
#     /bin                busybox under all its names
#     /lab                mmscope.ko and the test modules, the reader mmscope,
#                         mm-workload, tests/, load-module, and what --add brought; on PATH
#     /lib/modules        the same modules, virtio's and zram's, for modprobe

# Ready-made modules that a guest needs to talk to the host.
virtio_modules=(virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev
	virtio_pci virtio_console)
# And those of a swap device in memory, for tests of swapoff.
swap_modules=(zram zsmalloc lzo lzo-rle lz4 lz4_compress lz4hc lz4hc_compress)

# guest_root: where what the guest gets of the distribution is on this machine: here,
# or for another architecture in a root folder of its own. Paths on a command line are
# paths in it.
choose_guest_root()
{
	guest_root=
	strip='strip'
	native "$arch" && return
	guest_root=$("$lab_dir/root" "guest-$arch")
	strip=$(architecture_prefix "$arch")strip
}

# What FILE is linked with, as paths here: by the dynamic linker itself where it runs.
libraries_of()
{
	local library

	if [ -z "$guest_root" ]; then
		# ldd fails for what is not linked dynamically, which is as good.
		{ ldd "$1" 2>/dev/null || true; } |
			awk '$2 == "=>" && $3 ~ "^/" { print $3 } $1 ~ "^/" { print $1 }'
		return
	fi
	{ readelf -d -l "$1" 2>/dev/null || true; } | sed -n \
		's/.*(NEEDED).*\[\(.*\)\].*/\1/p; s,.*program interpreter: \(.*\)\].*,\1,p' |
		while read -r library; do
			case $library in
			/*) echo "$guest_root$library" ;;
			*) find "$guest_root/usr/lib/$(architecture_folder)" \
				-maxdepth 1 -name "$library" ;;
			esac
		done
}

architecture_folder()
{
	local prefix
	prefix=$(architecture_prefix "$arch")
	echo "${prefix%-}"
}

# add_libraries TREE FILE: the shared libraries FILE is linked with, and theirs,
# where the dynamic linker will look for them.
add_libraries()
{
	local library target

	libraries_of "$2" | while read -r library; do
		target=$1${library#"$guest_root"}
		[ ! -e "$target" ] || continue
		mkdir -p "$(dirname "$target")"
		cp -L "$library" "$target"
		[ -z "$guest_root" ] || add_libraries "$1" "$library"
	done
}

# program_path NAME: the program's path in guest_root.
program_path()
{
	local folder

	if [ -z "$guest_root" ]; then
		command -v "$1"
		return
	fi
	for folder in /usr/bin /usr/sbin /bin /sbin; do
		[ -x "$guest_root$folder/$1" ] || continue
		echo "$folder/$1"
		return
	done
	return 1
}

# add_program TREE NAME: a program of the distribution, where the distribution has it.
add_program()
{
	local path

	path=$(program_path "$2") || die "--program $2: there is no such program here"
	mkdir -p "$1$(dirname "$path")"
	cp -L "$guest_root$path" "$1$path"
	add_libraries "$1" "$guest_root$path"
}

# add_file TREE FILE[:PATH]: a file or a folder, at PATH, else in /lab.
add_file()
{
	local from=${2%%:*} to=/lab/ file

	case $2 in
	*:/*) to=${2#*:} ;;
	*:*) usage_error "--add $2: the place in the guest must begin with /" ;;
	esac
	[ -e "$from" ] || die "--add $from: no such file or folder"
	case $to in
	*/) to=$to$(basename "$from") ;;
	esac
	mkdir -p "$1$(dirname "$to")"
	cp -rL "$from" -T "$1$to"
	while read -r file; do
		add_libraries "$1" "$file"
	done < <(find "$1$to" -type f -perm -u+x)
}

# Every busybox of a release has the same names, and this machine's can be asked.
add_busybox()
{
	local applet path

	path=$(program_path busybox) || die "there is no busybox for $arch"
	mkdir -p "$1/bin" "$1/sbin" "$1/usr/bin" "$1/usr/sbin"
	for applet in $(busybox --list); do
		ln -sf busybox "$1/bin/$applet"
	done
	cp --remove-destination "$guest_root$path" "$1/bin/busybox"
}

# add_modules TREE KERNEL BUILD: the distribution's own, unpacked, and ours, without
# what only a debugger wants, as a distribution would ship them.
add_modules()
{
	local tree=$1 kernel=$2 build=$3 release modules name packed
	release=$(cat "$kernel/release")
	modules=$tree/lib/modules/$release

	mkdir -p "$modules"
	cp "$kernel/modules/modules.builtin" "$modules/"
	for name in "${virtio_modules[@]}" "${swap_modules[@]}"; do
		packed=$(find "$kernel/modules/" -name "$name.ko*" -print -quit)
		case $packed in
		*.ko) cp "$packed" "$modules/" ;;
		*.xz) busybox xz -dc "$packed" >"$modules/$name.ko" ;;
		esac	# else it is built in
	done
	for name in "$build"/*.ko "$build"/tools/testmod/*.ko "$build"/tools/bench/floors/*.ko; do
		"$strip" --strip-debug -o "$tree/lab/$(basename "$name")" "$name"
		ln "$tree/lab/$(basename "$name")" "$modules/"
	done
	# Busybox's own takes only releases that begin with three numbers.
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$tree" "$release" 2>/dev/null
}

# What programs of the distribution expect of any system.
add_etc()
{
	mkdir -p "$1/etc" "$1/root" "$1/tmp" "$1/var"
	ln -sfn ../run "$1/var/run"
	ln -sfn ../tmp "$1/var/tmp"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
	echo 'nobody:x:65534:65534:nobody:/tmp:/bin/sh' >>"$1/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$1/etc/group"
	echo '127.0.0.1 localhost' >"$1/etc/hosts"
}

# add_checkout TREE: what this checkout built and its tests.
add_checkout()
{
	local programs
	programs=$(programs_dir "$arch")

	add_file "$1" "$programs/tools/mmscope/mmscope"
	add_file "$1" "$programs/tools/selftest/mmscope-selftest"
	add_file "$1" "$programs/tools/workload/mm-workload"
	add_file "$1" "$checkout/tools/tests/guest:/lab/tests"
	add_file "$1" "$checkout/scripts/load-module"
	# The functions whose text mmscope can have touched, for tests/run: all that
	# may be a name in its lists of them.
	grep -ohE '"[a-z_0-9]{3,}"' "$checkout/module/shared/site_functions.c" \
		"$checkout/module/points/points.c" | tr -d '"' | sort -u >"$1/lab/text-functions"
}

# Unpacked and uncompressed: an emulated CPU takes longer to unpack it than to
# read it.
pack_tree()
{
	(cd "$1" && find . | busybox cpio -o -H newc -R 0:0 2>/dev/null) >"$2"
}
