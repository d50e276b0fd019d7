#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions are found by the name they have in the source, whatever the compiler
# made of it, with their bounds; a name that several have is refused, and one that
# only a piece is left of is not there. /proc/kallsyms is the witness, for all
# functions that mmscope wants and a sample of those that are unlike the others.
#
# timeout: 400

# shellcheck disable=SC2016 # programs of awk

. "${0%/*}/common"

# One line for each base name of the kernel's text, but for those at an address
# that has another name too: the search sees one name for each address.
#     BASE FUNCTIONS PIECES NAME ADDRESS END, the last three of the first function
witness()
{
	# What belongs to a module has its name in a further column.
	sed -n '/ _stext$/,/ _etext$/p' /proc/kallsyms |
	awk 'function known(dot, base)
	{
		dot = index(name, ".")
		base = dot ? substr(name, 1, dot - 1) : name
		if (alias)
			twice[base]
		else if (dot && substr(name, dot) ~ /\.cold|\.part\./)
			pieces[base]++
		else if (!functions[base]++)
			first[base] = name " " address " " $1
	}
	NF > 3 || $2 !~ /[tTwW]/ { next }
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
	END {
		for (base in functions)
			if (!(base in twice))
				print base, functions[base], pieces[base] + 0,
					first[base]
		for (base in pieces)
			if (!(base in functions) && !(base in twice))
				print base, 0, pieces[base], "-"
	}'
}

# every HOW_MANY CONDITION: so many lines of the witness, from all over the kernel
every()
{
	# The helper takes 63 characters: more than any name in C, less than some
	# in Rust.
	awk 'length($1) < 64 { print }' "$scratch/witness" |
		awk "$2" >"$scratch/chosen"
	awk -v wanted="$1" -v all="$(wc -l <"$scratch/chosen")" '
		BEGIN { step = all > wanted ? all / wanted : 1 }
		NR >= next_one { print; next_one += step }' "$scratch/chosen"
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

compare()
{
	wanted <"$scratch/sample" >"$scratch/wanted"
	found <"$scratch/sample" >"$scratch/found"
	diff "$scratch/wanted" "$scratch/found" >"$scratch/differs"
	empty "symbols: $1 ($(wc -l <"$scratch/sample"))" "$scratch/differs"
	within "symbols: $1: the sample is one" "$2" 1000 \
		"$(wc -l <"$scratch/sample")" "$scratch/chosen"
}

load_helper
# Each search looks at all names that the kernel has.
many=$(rounds 30 6)
few=$(rounds 20 5)
witness >"$scratch/witness"
every "$many" '$2 == 1 && $3 == 0 && $1 == $4' >"$scratch/sample"
compare "plain names" "$many"
every "$many" '$2 == 1 && $1 != $4' >"$scratch/sample"
compare "names that the compiler changed" 5
every "$many" '$2 > 1' >"$scratch/sample"
compare "names that several have are refused" "$many"
every "$few" '$3 > 0' >"$scratch/sample"
compare "names with pieces elsewhere" 5
for name in kernel_clone copy_process copy_namespaces mm_init exit_mmap __mmdrop \
	exec_mm_release exit_mm_release kthread_use_mm kthread_unuse_mm mmput \
	finish_task_switch __schedule do_exit m_start m_stop get_task_mm; do
	grep "^$name " "$scratch/witness"
done >"$scratch/sample"
compare "functions that mmscope looks for" 15
printf 'copy_mm_and_more 0 0 -\nfinish_task_switc 0 0 -\n' >"$scratch/sample"
compare "names that nothing has" 2
changed=$(every 1 '$2 == 1 && $1 != $4' | head -n 1 | cut -d ' ' -f 4)
for name in "$changed" "$changed.1"; do
	echo "$name" >"$helper/symbol"
	sed -n 's/^found=\(.*\) count=\(.*\) name=\(.*\) address.*/\1 \2 \3/p' \
		"$helper/symbol"
done >"$scratch/found"
printf '0 1 %s\n-2 0 -\n' "$changed" >"$scratch/wanted"
diff "$scratch/wanted" "$scratch/found" >"$scratch/differs"
empty "symbols: a name with its suffix is that symbol's" "$scratch/differs"
