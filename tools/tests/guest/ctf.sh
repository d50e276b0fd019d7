#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What cp takes out of debugfs is a CTF trace: babeltrace2 opens it and finds as
# many events as debugfs shows and as the reader says.
#
# needs: babeltrace2 /usr/lib/x86_64-linux-gnu/babeltrace2
# long: about programs that read what files.sh and tracepoints.sh have shown

. "${0%/*}/common"

load
record mm-workload storm --clones 200
mkdir "$scratch/trace"
cp "$debugfs/metadata" "$debugfs"/cpu* "$scratch/trace" || give_up "cp"
babeltrace2 "$scratch/trace" >"$scratch/babeltrace" 2>"$scratch/errors" ||
	give_up "babeltrace2: $(cat "$scratch/errors")"
empty "ctf: babeltrace2 has nothing to complain about" "$scratch/errors"
shown=$(grep -vc '^#' "$events")
within "ctf: there are records" 1000 100000 "$shown"
equal "ctf: as many events as in debugfs's events" "$shown" \
	"$(wc -l <"$scratch/babeltrace")"
equal "ctf: as many bytes as records and packets" 0 \
	$(($(cat "$scratch"/trace/cpu* | wc -c) % 64))

mmscope events -i "$scratch/trace" >"$scratch/reader" 2>"$scratch/errors" ||
	give_up "mmscope events: $(cat "$scratch/errors")"
bare_lines "$events" >"$scratch/wanted"
bare_lines "$scratch/reader" >"$scratch/got"
diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
empty "ctf: the reader shows the same lines as debugfs" "$scratch/differs"

# Type by type, by names that babeltrace2 knows from the metadata alone.
records '{ n[type]++ } END { for (type in n) print type, n[type] }' |
	sort >"$scratch/wanted"
sed 's/^\[[^]]*\] *([^)]*) *//; s/^\([a-z_]*\):.*/\1/' "$scratch/babeltrace" |
	sed 's/^[^ ]* \([a-z_]*\):.*/\1/' |
	sort | uniq -c | awk '{ print $2, $1 }' | sort >"$scratch/got"
diff "$scratch/wanted" "$scratch/got" >"$scratch/differs"
empty "ctf: as many of each type" "$scratch/differs"

# Reading cpuN has consumed it; the file is there for the next records.
equal "ctf: a second copy has nothing more" 0 "$(cat "$debugfs"/cpu* | wc -c)"
