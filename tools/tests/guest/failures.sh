#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A decision is not a success: what is recorded of clones that fail, each at
# another place inside copy_process, and that `forks` does not count them as ok.

. "${0%/*}/common"

# The parent's own records from its fork_begin to its fork_end, in short.
story_of()
{
	records '
	pid == wanted && type == "fork_begin" { on = 1; print type, how }
	!on || pid != wanted { next }
	type == "mm_birth" { print type, how; born = mm }
	type == "dup_mm" { print type, field("result"), field("new_mm") == born }
	type == "copy_mm" { print type, how, field("child") }
	mm == born && (type == "mm_dead" || type == "mm_free") { print type }
	type == "fork_end" {
		print type, how, field("path"), field("result")
		exit
	}' wanted="$1"
}

# What the record must say. A new mm is born, and dies and is freed again.
wanted_story()
{
	case $1 in
	set-tid) cat <<-END ;;
		fork_begin fork
		mm_birth dup
		mm_dead
		mm_free
		dup_mm 0 1
		copy_mm dup 0
		fork_end fork dup -17
	END
	set-tid-share) cat <<-END ;;
		fork_begin clone
		copy_mm share 0
		fork_end clone share -17
	END
	no-memory) cat <<-END ;;
		fork_begin fork
		mm_birth dup
		mm_dead
		mm_free
		dup_mm -12 1
		fork_end fork dup -12
	END
	sighand) cat <<-END ;;
		fork_begin clone
		fork_end clone unknown -22
	END
	thread) cat <<-END ;;
		fork_begin thread
		fork_end thread unknown -22
	END
	nproc) cat <<-END ;;
		fork_begin fork
		fork_end fork unknown -11
	END
	esac
}

# failed and ok clones of one kind, whatever the path
counts_of()
{
	awk -v kind="$1" '$2 == kind { ok += $3; failed += $4 }
		END { print ok + 0, failed + 0 }' "$debugfs/forks"
}

load
start_recording
stop_recording
for case in set-tid set-tid-share no-memory sighand thread nproc; do
	wanted_story $case >"$scratch/wanted"
	kind=$(sed -n 's/^fork_end \([a-z]*\) .*/\1/p' "$scratch/wanted")
	before=$(counts_of "$kind")
	record mm-workload fail $case
	after=$(counts_of "$kind")
	parent=$(truth_of parent what=clone)
	story_of "$parent" >"$scratch/got"
	equal "failures: $case: errno, as the caller got it" \
		"$(truth_of result what=clone)" \
		"$(sed -n 's/^fork_end .* //p' "$scratch/got")" "$scratch/got"
	if cmp -s "$scratch/wanted" "$scratch/got"; then
		ok "failures: $case: the verdict"
	else
		diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
		not_ok "failures: $case: the verdict" "- wanted, + got" \
			"$scratch/differs"
	fi
	ok_recorded=$(count_records 'type == "fork_end" && how == kind &&
		field("result") > 0' kind="$kind")
	equal "failures: $case: forks counts it as failed, and others as ok" \
		"$((${before% *} + ok_recorded)) $((${before#* } + 1))" "$after" \
		"$debugfs/forks"
done
