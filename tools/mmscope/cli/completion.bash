# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of mmscope for bash. Verbs and options come from the program
# itself, so that this file need not be kept in step with it.

_mmscope_options()
{
	"$1" help "$2" 2>/dev/null | sed -n 's/^  -., \(--[a-z]*\).*/\1/p'
}

_mmscope()
{
	local program=${COMP_WORDS[0]} verb=${COMP_WORDS[1]}
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local types='fork_begin copy_mm dup_mm fork_end mm_birth exec_mm exit_mm
		lazy_borrow lazy_handoff lazy_return ref mm_dead mm_free lost comm'
	local rows='one-entry share copy kernel-thread users active-mm borrow hand-off
		dead-but-pinned vfork exec failures exit ptrace contexts references'
	local i

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ] || [ "$verb $COMP_CWORD" = 'help 2' ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$("$program" help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p')" \
			-- "$word")
		return
	fi
	# After -- it is a command with files of its own.
	for ((i = 2; i < COMP_CWORD; i++)); do
		if [ "${COMP_WORDS[i]}" = -- ]; then
			mapfile -t COMPREPLY < <(compgen -c -f -- "$word")
			return
		fi
	done
	if [ "$verb" = who ] && [[ $word != -* ]] && [[ $before != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(cd /proc && echo [0-9]*)" -- "$word")
		return
	fi
	case $before in
	-i | --input | -o | --output | -d | --debugfs)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		;;
	-t | --types)
		# The list so far stays, its last word is completed.
		[[ $word == *,* ]] && i=${word%,*}, || i=
		mapfile -t COMPREPLY < <(compgen -P "$i" -W "$types" -- "${word##*,}")
		;;
	-p | --pid)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(cd /proc && echo [0-9]*)" -- "$word")
		;;
	*)
		[ "$verb" = selftest ] || rows=
		mapfile -t COMPREPLY < <(compgen -W \
			"$rows $(_mmscope_options "$program" "$verb")" -- "$word")
		case $verb in
		report | events | forks | mms | borrows | ledger | who)
			# A capture may be named as a word.
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$word")
			;;
		esac
		;;
	esac
}

complete -F _mmscope mmscope
