# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# What a guest finds in its root folder. To be sourced by boot.
#
#     /init               guest-init
#     /bin                busybox under all its names
#     /lab                mmscope.ko and the test modules, the reader mmscope,
#                         mm-workload, tests/, and what --add brought; on PATH
#     /lib/modules        the same modules and virtio's, for modprobe

# Ready-made modules that a guest needs to talk to the host.
virtio_modules=(virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev
	virtio_pci virtio_console)

# add_libraries TREE FILE: the shared libraries FILE is linked with, where the
# dynamic linker will look for them.
add_libraries()
{
	local library

	# ldd fails for what is not linked dynamically, which is as good.
	{ ldd "$2" 2>/dev/null || true; } |
		awk '$2 == "=>" && $3 ~ "^/" { print $3 } $1 ~ "^/" { print $1 }' |
		while read -r library; do
			mkdir -p "$1$(dirname "$library")"
			cp -nL "$library" "$1$library"
		done
}

# add_program TREE NAME: a program of the host, where the host has it.
add_program()
{
	local path

	path=$(command -v "$2") || die "--program $2: there is no such program here"
	mkdir -p "$1$(dirname "$path")"
	cp -L "$path" "$1$path"
	add_libraries "$1" "$path"
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

add_busybox()
{
	local applet

	mkdir -p "$1/bin" "$1/sbin" "$1/usr/bin" "$1/usr/sbin"
	for applet in $(busybox --list); do
		ln -sf busybox "$1/bin/$applet"
	done
	cp --remove-destination "$(command -v busybox)" "$1/bin/busybox"
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
	for name in "${virtio_modules[@]}"; do
		packed=$(find "$kernel/modules/" -name "$name.ko*" -print -quit)
		case $packed in
		*.ko) cp "$packed" "$modules/" ;;
		*.xz) busybox xz -dc "$packed" >"$modules/$name.ko" ;;
		esac	# else it is built in
	done
	for name in "$build"/*.ko "$build"/tools/testmod/*.ko; do
		strip --strip-debug -o "$tree/lab/$(basename "$name")" "$name"
		ln "$tree/lab/$(basename "$name")" "$modules/"
	done
	busybox depmod -b "$tree" "$release"
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
	add_file "$1" "$checkout/tools/mmscope/mmscope"
	add_file "$1" "$checkout/tools/workload/mm-workload"
	add_file "$1" "$checkout/tools/tests/guest:/lab/tests"
}

# Unpacked and uncompressed: an emulated CPU takes longer to unpack it than to
# read it.
pack_tree()
{
	(cd "$1" && find . | busybox cpio -o -H newc -R 0:0 2>/dev/null) >"$2"
}
