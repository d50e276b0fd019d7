#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What make load says where insmod fails: one line that names the file, the reason and
# what to do. The kernel's own refusals, of modules that it cannot take.

. "${0%/*}/common"

load_module=${module%/*}/load-module

# refused NAME WORDS ARGUMENT...: load-module fails, and its one line has the words.
refused()
{
	name=$1
	words=$2
	shift 2
	if sh "$load_module" "$@" >"$scratch/said" 2>&1; then
		not_ok "load: $name" "it was loaded"
		rmmod mmscope
	elif [ "$(wc -l <"$scratch/said")" != 1 ]; then
		not_ok "load: $name is one line" "it is more, or none" "$scratch/said"
	elif ! grep -q "$words" "$scratch/said"; then
		not_ok "load: $name" "'$words' is not in it" "$scratch/said"
	else
		ok "load: $name"
	fi
}

# The module's vermagic, and how far it is from the beginning of the file.
strings -t d "$module" | sed -n 's/^ *\([0-9]*\) vermagic=/\1 /p' >"$scratch/vermagic"
read -r at vermagic <"$scratch/vermagic" || give_up "$module has no vermagic"
before_smp=${vermagic%% SMP*}

# changed FILE [DIGIT]: the module with another build in its vermagic, and another
# release that begins with this digit.
changed()
{
	cp "$module" "$1"
	printf SMQ | dd of="$1" bs=1 conv=notrunc 2>/dev/null \
		seek=$((at + ${#before_smp} + 10))
	[ -z "${2-}" ] || printf %s "$2" | dd of="$1" bs=1 conv=notrunc 2>/dev/null \
		seek=$((at + 9))
}

# With versions of symbols the kernel compares what comes after the release alone.
changed "$scratch/other.ko" 4
mark_log
refused "a module for another kernel" \
	"was built for 4[^ ]*, but $(uname -r) runs: .*make clean load" "$scratch/other.ko"
log_since_mark >"$scratch/log"
within "load: it was the kernel that refused it" 1 100 \
	"$(grep -c "version magic '4" "$scratch/log")" "$scratch/log"
changed "$scratch/same.ko"
refused "a module for another build of this kernel" \
	"was built for another build of $(uname -r) (.*version magic.*): install the headers" \
	"$scratch/same.ko"
head -c 5000 "$module" >"$scratch/short.ko"
refused "a damaged module" "is no kernel module, or a damaged one" "$scratch/short.ko"
refused "no module" "there is no such file; make builds it" "$scratch/none.ko"
refused "a parameter out of range" "ring_kib=1 is out of range: 16 to" "$module" ring_kib=1
if sh "$load_module" "$module" enable=0; then
	ok "load: a good module is loaded"
	refused "a second time" "is loaded already: make unload" "$module"
else
	not_ok "load: a good module is loaded" "see above"
fi
