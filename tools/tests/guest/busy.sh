#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# While a file is open the module cannot be unloaded; cpuN has one reader.

. "${0%/*}/common"

load_with enable=1
# Whatever there is, so that none is forgotten; and how many there are at least.
ls "$debugfs" >"$scratch/files"
within "busy: the files" 16 10000 "$(wc -l <"$scratch/files")" "$scratch/files"
while read -r file; do
	exec 5<"$debugfs/$file" || {
		echo "$file: it cannot be opened"
		continue
	}
	if rmmod mmscope 2>"$scratch/said"; then
		echo "$file: unloaded while it was open"
		load_with enable=1
	elif ! grep -qiE 'busy|in use|temporarily unavailable' "$scratch/said"; then
		echo "$file: $(cat "$scratch/said")"
	fi
	exec 5<&-
done <"$scratch/files" >"$scratch/wrong"
empty "busy: no unloading while a file is open" "$scratch/wrong"

exec 5<"$debugfs/cpu0"
if cat "$debugfs/cpu0" >/dev/null 2>"$scratch/said"; then
	not_ok "busy: a second reader of cpu0" "it was let in"
elif grep -q 'resource busy' "$scratch/said"; then
	ok "busy: a second reader of cpu0 gets EBUSY"
else
	not_ok "busy: a second reader of cpu0" "$(cat "$scratch/said")"
fi
exec 5<&-
if cat "$debugfs/cpu0" >"$scratch/cpu0" 2>"$scratch/said"; then
	ok "busy: and is let in when the first has gone"
else
	not_ok "busy: and is let in when the first has gone" "$(cat "$scratch/said")"
fi
unload
ok "busy: unloads when nothing is open any more"
