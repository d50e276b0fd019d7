#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every way to make a task is one fork_begin, one copy_mm and one fork_end, with
# the flags, the kind, the path and the pid that the program itself knows.

. "${0%/*}/common"

# Judges the events by the truth, clone by clone; prints what does not fit.
judge()
{
	awk '
	function bits_to_names(flags, text, i)
	{
		for (i = 1; i <= named; i++)
			if (int(flags / value[i]) % 2)
				text = text (text == "" ? "" : "|") name[i]
		return text == "" ? "0" : text
	}
	function hex(text, n, i)
	{
		n = 0
		for (i = 3; i <= length(text); i++)
			n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
		return n
	}
	function field(name, i)
	{
		name = name "="
		for (i = 1; i <= NF; i++)
			if (index($i, name) == 1)
				return substr($i, length(name) + 1)
	}
	function wrong(what, wanted, got)
	{
		if (wanted "" != got "")
			print subject ": " what ": wanted " wanted ", got " got
	}
	BEGIN {
		# Written down here once more, so that the module can be wrong.
		named = split("VM FS FILES SIGHAND PIDFD PTRACE VFORK PARENT " \
			"THREAD NEWNS SYSVSEM SETTLS PARENT_SETTID " \
			"CHILD_CLEARTID DETACHED UNTRACED CHILD_SETTID", name, " ")
		for (i = 1; i <= named; i++) {
			name[i] = "CLONE_" name[i]
			value[i] = i == 1 ? 256 : 2 * value[i - 1]
		}
	}
	/^#/ { next }
	NR == FNR {
		if ($6 == "fork_begin") {
			begin_kind[$3] = $7
			begin_flags[$3] = field("clone_flags")
			begin_signal[$3] = field("exit_signal")
			begins[$3]++
		} else if ($6 == "copy_mm") {
			child = field("child")
			copies[child]++
			copy_path[child] = $7
			copy_mm[child] = $5 == field("new_mm") ? "same" : "new"
			copy_users[child] = field("users")
			copy_count[child] = field("count")
			copy_vmas[child] = field("vmas")
			copied_by[child] = $3
		} else if ($6 == "fork_end") {
			child = field("result")
			ends[child]++
			end_kind[child] = $7
			end_path[child] = field("path")
			end_flags[child] = field("clone_flags")
		} else if ($6 == "dup_mm") {
			dups[$3]++
		}
		next
	}
	/what=clone/ {
		child = field("result")
		parent = field("parent")
		subject = field("via") " of " child " by " parent
		flags = bits_to_names(hex(field("flags")))
		dup = field("path") == "dup"
		wrong("number of fork_begin", 1, begins[parent] + 0)
		wrong("its kind", field("kind"), begin_kind[parent])
		wrong("its flags", flags, begin_flags[parent])
		wrong("its exit signal", field("kind") == "thread" ? 0 : 17,
		      begin_signal[parent])
		wrong("number of copy_mm", 1, copies[child] + 0)
		wrong("its parent", parent, copied_by[child])
		wrong("its path", field("path"), copy_path[child])
		wrong("its mm", dup ? "new" : "same", copy_mm[child])
		if (dup) {
			wrong("its users", 1, copy_users[child])
			wrong("its count", 1, copy_count[child])
		}
		wrong("has VMAs", dup, copy_vmas[child] > 0)
		wrong("number of dup_mm", dup, dups[parent] + 0)
		wrong("number of fork_end", 1, ends[child] + 0)
		wrong("its kind", field("kind"), end_kind[child])
		wrong("its path", field("path"), end_path[child])
		wrong("its flags", flags, end_flags[child])
		judged++
	}
	END {
		if (!judged)
			print "the workload said nothing of a clone"
	}' "$events" "$truth" >"$scratch/wrong"
}

load
while read -r verb; do
	# shellcheck disable=SC2086 # the verb with its words
	record mm-workload $verb
	judge
	empty "paths: $verb" "$scratch/wrong"
done <<END
fork
vfork
vfork-exec
posix-spawn
exec
clone VM
clone VM,FILES
clone VM,VFORK
clone FILES,FS
clone3 0
clone3 VM
clone3 VM,VFORK
clone3 PIDFD
clone3 VM,PIDFD
threads 1
END
