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

# ok and failed clones by kind, whatever the path; the rings still hold all.
recorded_counts()
{
	records 'type == "fork_end" {
		if (field("result") > 0)
			ok[how]++
		else
			failed[how]++
		kinds[how]
	}
	END { for (kind in kinds) print kind, ok[kind] + 0, failed[kind] + 0 }' |
		sort
}

shown_counts()
{
	awk '!/^#/ { ok[$2] += $3; failed[$2] += $4 }
		END { for (kind in ok) print kind, ok[kind], failed[kind] }' \
		"$debugfs/forks" | sort
}

load
for case in set-tid set-tid-share no-memory sighand thread nproc; do
	wanted_story $case >"$scratch/wanted"
	record mm-workload fail $case
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
done
equal "failures: forks counts them as failed, and others as ok" \
	"$(recorded_counts)" "$(shown_counts)" "$debugfs/forks"
within "failures: of forks, three failed" 3 3 \
	"$(shown_counts | awk '$1 == "fork" { print $3 }')" "$debugfs/forks"
