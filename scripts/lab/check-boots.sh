# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# The boots of scripts/check: which there are, what each brings along, what came of it.
# To be sourced by it, after results.sh and jobs.sh.

# A boot is given up after this long, if its tests may not take longer. Most take a fifth
# of it where all is well, RT kernels a third.
boot_seconds=1200

# asks_for TEST WORD: what the comment `# WORD: ...` at the top of a test says, in one
# line; see tools/tests/guest/run.
asks_for()
{
	sed -n "1,20s/^# $2: *//p" "$checkout/tools/tests/guest/$1.sh" | paste -sd ' '
}

# The boots of a kernel, as N[:MODEL][/short]. Who wants another number of CPUs than
# the table gets the model of the table's first, and all of the tests.
cpus_of()
{
	local all first
	all=$(kernel_field "$1" cpus)

	if [ -z "$cpus_wanted" ]; then
		tr , '\n' <<<"$all"
		return
	fi
	first=${all%%,*}
	first=${first%/short}
	case $first in
	*:*) echo "$cpus_wanted:${first#*:}" ;;
	*) echo "$cpus_wanted" ;;
	esac
}

# needed_by_tests ARCHITECTURE TEST...: what these tests ask for of the distribution, as
# arguments of boot; see tests/guest/run. For another architecture it is in a root folder.
needed_by_tests()
{
	local architecture=$1 test word root="" prefix
	shift

	if ! native "$architecture"; then
		root=$("$lab_dir/root" "guest-$architecture")
		prefix=$(architecture_prefix "$architecture")
	fi

	for word in $(for test; do asks_for "$test" needs; done | xargs -n1 | sort -u); do
		case $word in
		/*)
			[ -z "$root" ] || word=${word/x86_64-linux-gnu/"${prefix%-}"}
			echo --add
			echo "$root$word:$word"
			;;
		*) echo --program; echo "$word" ;;
		esac
	done
}

# modules_of TEST...: the kernel's own modules that they load, with commas.
modules_of()
{
	local test

	for test; do
		asks_for "$test" modules
	done | tr -s ' \n' ',,' | sed 's/^,//; s/,$//'
}

# has_own_boot TEST: whether it wants another machine or another command line.
has_own_boot()
{
	[ -n "$(asks_for "$1" append)$(asks_for "$1" boot)" ]
}

# boot_word TEST KEY: of `# boot: KEY=VALUE...`.
boot_word()
{
	asks_for "$1" boot | tr ' ' '\n' | sed -n "s/^$2=//p"
}

# wanted_on KERNEL TEST: whether the kernel has what the test is about, and the test is
# not for other kernels, or for another day.
wanted_on()
{
	local option kernels

	for option in $(asks_for "$2" config); do
		configured "$1" "$option" || return
	done
	kernels=$(asks_for "$2" kernels)
	[ -z "$kernels" ] || [[ " $kernels " == *" $1 "* ]] || $one_kernel || return
	[ -z "$(asks_for "$2" release)" ] || [ "$target" = check-release ] ||
		[[ " ${tests[*]} " == *" $2 "* ]]
}

# seconds_for TEST...: how long a boot with them may take; one of its own as long as its
# tests may.
seconds_for()
{
	local test seconds=300

	if has_own_boot "$1"; then
		for test; do
			seconds=$((seconds + $(asks_for "$test" timeout | grep . || echo 120)))
		done
	fi
	echo $((seconds > boot_seconds ? seconds : boot_seconds))
}

# judge_boot FOLDER STATUS: the failures of a boot that are no test's own.
judge_boot()
{
	local output=$1/output errors=$1/errors

	if grep -q '^boot: ' "$errors"; then
		sed -n 's/^boot: /not ok boot: /p; t; s/^/    /p' "$errors"
	elif ! grep -q '^ran [0-9]* tests' "$output"; then
		echo "not ok boot: the tests did not come to their end (exit status $2)"
		sed 's/^/    /' "$errors"
	elif [ "$2" != 0 ] && ! grep -q '^not ok ' "$output"; then
		echo "not ok boot: exit status $2"
	fi
}

# judge_page FOLDER KERNEL CPUS: whether Documentation shows what selftest says there.
judge_page()
{
	local text=$1/selftest/selftest.text result=0

	[ "${3%/*}" = 2 ] && [ -s "$text" ] || return 0
	"$checkout/scripts/update-docs" --check "$2=$text" >"$1/page" 2>&1 || result=$?
	case $result in
	0) echo "ok Documentation/textbook.md shows what $2 says" ;;
	# It shows two kernels of all.
	3) ;;
	*)
		echo "not ok Documentation/textbook.md: see below; < shown, > said"
		sed 's/^/    /' "$1/page"
		;;
	esac
}

# boot_arguments KERNEL CPUS TEST...: an argument of boot a line; CPUS as in the table of
# kernels. The tests of a boot of their own all want the same machine: the first one's.
boot_arguments()
{
	local kernel=$1 cpus=$2 append="" modules memory=""
	shift 2

	if has_own_boot "$1"; then
		append=$(asks_for "$1" append)
		memory=$(boot_word "$1" memory)
		modules=$(boot_word "$1" modules)
	fi
	modules=${modules:-$(modules_of "$@")}
	[ "$cpus" = "${cpus%/short}" ] || append+=" mitigations=off"
	printf '%s\n' --kernel "$kernel" --cpus "${cpus%/short}" --append "$append"
	[ -z "$memory" ] || printf '%s\n' --memory "$memory"
	[ -z "$modules" ] || printf '%s\n' --modules "$modules"
	needed_by_tests "$(kernel_field "$kernel" arch)" "$@"
}

# folder_of NAME CPUS: also what the boot is called while it runs.
folder_of()
{
	local cpus=${2//[:\/]/-}

	echo "${1// /-}-$cpus"
}

# run_boot NAME KERNEL CPUS TEST...: NAME is for the table.
run_boot()
{
	local name=$1 kernel=$2 cpus=$3 began=$SECONDS result=0 folder arguments slow options=()
	shift 3

	folder=$work/$(folder_of "$name" "$cpus")
	mkdir -p "$folder"
	mapfile -t arguments < <(boot_arguments "$kernel" "$cpus" "$@")
	slow=$(kernel_field "$kernel" slow)
	[ -z "$slow" ] || options+=(--slow "$slow")
	has_own_boot "$1" || options+=(--save-probes)
	[ "$cpus" = "${cpus%/short}" ] || options+=(--short)
	"$lab_dir/boot" --built "${arguments[@]}" \
		--timeout $(($(seconds_for "$@") * ${slow:-1})) --out "$folder" \
		-- /lab/tests/run "${options[@]}" "$@" >"$folder/output" 2>"$folder/errors" ||
		result=$?
	{
		judge_boot "$folder" $result
		judge_page "$folder" "$kernel" "$cpus"
	} >"$folder/judgement"
	cat "$folder/judgement" >>"$folder/output"
	add_row "$name" "$cpus" $((SECONDS - began)) "$folder/output" \
		"$(cat "$(kernel_dir "$kernel")/release")" "$(attach_summary "$folder/points")"
}

# queue_boot, with run_boot's arguments. Emulation takes one core at most, whatever the
# guest has, and seven tenths of it on the whole: the tests sleep, and wait for grace
# periods. An RT kernel waits for most of its time (synchronize_rcu_tasks, once for each
# hook that is let go of).
queue_boot()
{
	local cores=$((10 * ${3%%[:/]*}))

	if [ "${MMSCOPE_ACCEL-}" = tcg ] || ! native "$(kernel_field "$2" arch)"; then
		cores=7
		! configured "$2" PREEMPT_RT || cores=3
	fi
	queued+=("$1 on $3")
	queue_job "$cores" "$(folder_of "$1" "$3")" run_boot "$@"
}

# configured KERNEL OPTION
configured()
{
	grep -qx "CONFIG_$2=[ym]" "$(kernel_dir "$1")/headers/.config"
}

# A boot that came to no line of the table is no success.
require_rows()
{
	local boot

	for boot in "${queued[@]}"; do
		awk -F '\t' -v boot="$boot" '$1 " on " $2 == boot { found = 1 }
			END { exit !found }' "$rows" && continue
		echo "not ok boot: nothing came of it" >"$work/nothing"
		add_row "${boot% on *}" "${boot##* on }" 0 "$work/nothing"
	done
}

# KERNEL CPUS of each boot. Those that are not short take longest, then RT kernels, which
# the table has last.
longest_first()
{
	local kernel cpus

	for kernel in "${ready[@]}"; do
		while read -r cpus; do
			echo "$kernel $cpus"
		done < <(cpus_of "$kernel")
	done | tac | sort -s -k 2,2 -t /
}

# left_out_of TEST CPUS: of a short boot those are that are `long`, if nobody asked for them.
left_out_of()
{
	[ "$2" != "${2%/short}" ] && [ ${#tests[@]} = 0 ] && [ -n "$(asks_for "$1" long)" ]
}

# ordinary_tests KERNEL CPUS
ordinary_tests()
{
	local test

	for test in "${chosen[@]}"; do
		if ! has_own_boot "$test" && wanted_on "$1" "$test" &&
			! left_out_of "$test" "$2"; then
			echo "$test"
		fi
	done
}

queue_ordinary()
{
	local kernel cpus names

	while read -r kernel cpus; do
		mapfile -t names < <(ordinary_tests "$kernel" "$cpus")
		[ ${#names[@]} = 0 ] || queue_boot "$kernel" "$kernel" "$cpus" "${names[@]}"
	done < <(longest_first)
}

# own_boots KERNEL: the tests that have a boot of their own, those together in a line that
# want the same machine and the same command line.
own_boots()
{
	local test

	for test in "${chosen[@]}"; do
		if has_own_boot "$test" && wanted_on "$1" "$test"; then
			printf '%s\t%s\n' "$(asks_for "$test" boot);$(asks_for "$test" append)" \
				"$test"
		fi
	done | awk -F '\t' '
		!($1 in all) { order[++n] = $1 }
		{ all[$1] = all[$1] " " $2 }
		END { for (i = 1; i <= n; i++) print substr(all[order[i]], 2) }'
}

# own_cpus KERNEL TEST: on how many CPUs, as in the table of kernels.
own_cpus()
{
	local usual wanted
	usual=$(cpus_of "$1" | head -n 1)

	wanted=$(boot_word "$2" cpus)
	echo "${wanted:-${usual%%[:/]*}}${usual#"${usual%%[:/]*}"}"
}

queue_own()
{
	local kernel names

	for kernel in "${ready[@]}"; do
		while read -r -a names; do
			queue_boot "$kernel ${names[*]}" "$kernel" \
				"$(own_cpus "$kernel" "${names[0]}")" "${names[@]}"
		done < <(own_boots "$kernel")
	done
}

boot_all()
{
	local queued=() chosen=("${tests[@]}")

	# shellcheck disable=SC2207 # names of tests hold no blanks
	[ ${#chosen[@]} -gt 0 ] || chosen=($(test_names))
	# First, since a boot leaves no core for the likes of them, and short boots at
	# the end fill what is free then.
	queue_programs
	queue_ordinary
	queue_own
	run_queue
	require_rows
}
