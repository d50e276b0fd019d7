#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions are found by the name they have in the source, whatever the compiler
# made of it, with their bounds; a name that several have is refused, and one that
# only a piece is left of is not there. /proc/kallsyms is the witness, for all
# functions that mmscope wants and a sample of those that are unlike the others.
#
# timeout: 400
# needs: mawk

# shellcheck disable=SC2016 # programs of awk

. "${0%/*}/common"

# mmscope looks for these.
functions='kernel_clone copy_process copy_namespaces mm_init exit_mmap __mmdrop
	exec_mm_release exit_mm_release kthread_use_mm kthread_unuse_mm mmput
	finish_task_switch __schedule do_exit m_start m_stop get_task_mm'

# In one pass, and by the faster awk, since reading all names takes an emulator
# seconds: a file for each
# kind of base name of the kernel's text, and one for those in $functions. Those at
# an address that has another name too are left out: the search sees one name for
# each address. Of the many plain ones one in a hundred is enough. A line of them:
#     BASE FUNCTIONS PIECES NAME ADDRESS END, the last three of the first function
witness()
{
	# Where there are none of a kind, too.
	for kind in plain changed several pieces functions; do
		: >"$scratch/$kind"
	done
	mawk -v folder="$scratch/" -v functions="$functions" '
	function known(dot, base)
	{
		dot = index(name, ".")
		base = dot ? substr(name, 1, dot - 1) : name
		if (alias)
			twice[base]
		else if (dot && substr(name, dot) ~ /\.cold|\.part\./)
			pieces[base]++
		else if (!whole[base]++)
			first[base] = name " " address " " $1
	}
	function put(file, base)
	{
		print base, whole[base] + 0, pieces[base] + 0,
			base in first ? first[base] : "-" >(folder file)
	}
	$3 == "_stext" { text = 1 }
	$3 == "_etext" { text = 0 }
	# What belongs to a module has its name in a further column.
	!text || NF > 3 || $2 !~ /[tTwW]/ { next }
	$1 != address {
		if (address && name !~ /^__pfx_/)
			known()
		address = $1
		name = $3
		alias = 0
		next
	}
	{
		alias = 1
		known()
		name = $3
	}
	# The helper takes 63 characters: more than any name in C, less than some
	# in Rust. A label in assembly may begin with the dot, and has no base.
	function usable(base)
	{
		return !(base in twice) && length(base) > 0 && length(base) < 64
	}
	END {
		split(functions, list)
		for (i in list)
			if (list[i] in whole && usable(list[i]))
				put("functions", list[i])
		for (base in whole) {
			if (!usable(base))
				continue
			if (pieces[base])
				put("pieces", base)
			if (whole[base] > 1)
				put("several", base)
			else if (index(first[base], base " ") != 1)
				put("changed", base)
			else if (!pieces[base] && plain++ % 100 == 0)
				put("plain", base)
		}
		for (base in pieces)
			if (!(base in whole) && usable(base))
				put("pieces", base)
	}' /proc/kallsyms
}

# sample KIND HOW_MANY: so many lines of the witness, from all over the kernel
sample()
{
	awk -v wanted="$2" -v all="$(wc -l <"$scratch/$1")" '
		BEGIN { step = all > wanted ? all / wanted : 1 }
		NR >= next_one { print; next_one += step }' "$scratch/$1" \
		>"$scratch/sample"
}

# A line of the sample as the search must say it: errno, count, name, first and
# last digits of the address, size, pieces.
wanted()
{
	while read -r base functions pieces name address end; do
		case $functions in
		0) echo "$base -2 0 - - - $pieces"; continue ;;
		1) result=0 ;;
		*) result=-76 ;;
		esac
		# One subtraction of the low halves: a shell has signed numbers.
		size=$((0x${end#????????} - 0x${address#????????}))
		[ $size -ge 0 ] || size=$((size + 4294967296))
		echo "$base $result $functions $name $address $size $pieces"
	done
}

# The same of what the search says.
found()
{
	while read -r base _; do
		echo "$base" >"$helper/symbol"
		awk -v base="$base" '
		{ sub(/found=/, ""); gsub(/ [a-z]+=/, " ") }
		NR == 1 && $1 == -2 { line = base " -2 0 - - -" }
		NR == 1 && $1 != -2 { line = base " " $0 }
		END { print line, NR - 1 }' "$helper/symbol"
	done
}

# compare WORDS LEAST: the sample, of so many lines at least
compare()
{
	wanted <"$scratch/sample" >"$scratch/wanted"
	found <"$scratch/sample" >"$scratch/found"
	diff "$scratch/wanted" "$scratch/found" >"$scratch/differs"
	empty "symbols: $1 ($(wc -l <"$scratch/sample"))" "$scratch/differs"
	within "symbols: $1: the sample is one" "$2" 1000 \
		"$(wc -l <"$scratch/sample")" "$scratch/differs"
}

load_helper
# Each search compares all names that the kernel has.
many=$(rounds 30 6)
few=$(rounds 20 5)
witness
sample plain "$many"
compare "plain names" "$many"
sample changed "$many"
compare "names that the compiler changed" 5
sample several "$many"
compare "names that several have are refused" "$many"
sample pieces "$few"
compare "names with pieces elsewhere" 5
sample functions 100
compare "functions that mmscope looks for" 15
printf 'copy_mm_and_more 0 0 -\nfinish_task_switc 0 0 -\n' >"$scratch/sample"
compare "names that nothing has" 2
changed=$(head -n 1 "$scratch/changed" | cut -d ' ' -f 4)
for name in "$changed" "$changed.1"; do
	echo "$name" >"$helper/symbol"
	sed -n 's/^found=\(.*\) count=\(.*\) name=\(.*\) address.*/\1 \2 \3/p' \
		"$helper/symbol"
done >"$scratch/found"
printf '0 1 %s\n-2 0 -\n' "$changed" >"$scratch/wanted"
diff "$scratch/wanted" "$scratch/found" >"$scratch/differs"
empty "symbols: a name with its suffix is that symbol's" "$scratch/differs"
