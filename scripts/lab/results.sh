# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# What came of tests, as lines that begin with `ok `, `not ok ` or `skip `: told as it
# comes, and in a table at the end. To be sourced by check, which sets
#
#     work    a folder for this run
#     rows    a file in it, empty at first: the table's lines, fields by tabs

# count_of FILE PATTERN
count_of()
{
	grep -cE "$2" "$1" || true
}

# Everything that is no success, with what a test said about it.
show_unusual()
{
	awk '
		/^(not ok|skip) / || /# *skip/ { show = 1; print "    " $0; next }
		/^(ok|test|ran) / { show = 0 }
		show && /^[ #]/ { print "    " $0 }' "$1"
}

# add_row NAME CPUS SECONDS OUTPUT [RELEASE [ATTACHED]]: counts the results in OUTPUT,
# says what came of it now, and keeps the line for the table.
add_row()
{
	local name=$1 cpus=$2 seconds=$3 output=$4 failed skipped passed

	failed=$(count_of "$output" '^not ok ')
	skipped=$(count_of "$output" '^skip |^ok .*# *[Ss][Kk][Ii][Pp]')
	passed=$(($(count_of "$output" '^ok ') - $(count_of "$output" '^ok .*# *[Ss][Kk][Ii][Pp]')))
	{
		flock 8
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$cpus" "$passed" "$failed" \
			"$skipped" "$seconds" "${5:--}" "${6:--}" >>"$rows"
		echo "$name, $cpus CPUs: $passed passed, $failed failed, $skipped skipped, $seconds s" |
			sed -E 's/, - CPUs//; s/, (1(:[^/ ]*)?(\/short)?) CPUs/, \1 CPU/'
		show_unusual "$output"
	} 8>"$work/lock"
}

# attach_summary FILE: a copy of probes in short, by kind.
attach_summary()
{
	[ -s "$1" ] || return 0
	awk '
		/^#/ { next }
		{
			points++
			kind = $2 != "attached" ? $2 : $4 == "-" ? "between" : $4
			if (!number[kind]++)
				kinds[++n] = kind
		}
		END {
			printf "%d points:", points
			# The most first; there are few.
			while (n--) {
				most = ""
				for (kind in number)
					if (most == "" || number[kind] > number[most] ||
					    (number[kind] == number[most] && kind < most))
						most = kind
				printf " %d %s", number[most], most
				delete number[most]
			}
			print ""
		}' "$1"
}

# False if something failed, or nothing at all was tried.
show_table()
{
	local name cpus passed failed skipped seconds release attached
	local all_passed all_failed all_skipped wide=0 format

	while IFS=$'\t' read -r name _; do
		wide=$((${#name} > wide ? ${#name} : wide))
	done <"$rows"
	format="%-${wide}s  %-18s %7s %7s %8s %8s  %-30s %s\n"
	echo
	# shellcheck disable=SC2059
	printf "$format" kernel CPUs passed failed skipped seconds release attached
	while IFS=$'\t' read -r name cpus passed failed skipped seconds release attached; do
		# shellcheck disable=SC2059
		printf "$format" "$name" "$cpus" "$passed" "$failed" "$skipped" "$seconds" \
			"$release" "$attached"
	done < <(sort -V "$rows") | sed 's/[ -]*$//'
	read -r all_passed all_failed all_skipped < <(awk -F '\t' '
		{ passed += $3; failed += $4; skipped += $5 }
		END { print passed + 0, failed + 0, skipped + 0 }' "$rows")
	[ "$all_failed" = 0 ] || echo "what the boots said is in $work"
	echo "$all_passed passed, $all_failed failed, $all_skipped skipped"
	[ "$all_failed" = 0 ] && [ $((all_passed + all_skipped)) -gt 0 ]
}
