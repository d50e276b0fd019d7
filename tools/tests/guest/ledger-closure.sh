#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 1800
#
# A storm of clones of all kinds and execs while others read /proc: the ledger of
# every mm that is born and freed within closes. How many of them there were is
# known from the workload, and the storm's size is for whoever runs it to say:
# MMSCOPE_STORM_CLONES=34000 MMSCOPE_STORM_EXECS=2000.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

clones=${MMSCOPE_STORM_CLONES:-600}
execs=${MMSCOPE_STORM_EXECS:-30}

reader_begin()
{
	mm-workload proc-reader --rest-ms 10 >"$scratch/reader.$1" &
	readers="$readers $!"
}

load
set_ledger 1
take ledger
born_before=$(total born)
readers=
reader_begin 1
reader_begin 2
mm-workload exec --count "$execs" >"$scratch/execs" &
execs_run=$!
mm-workload storm --clones "$clones" >"$truth" || give_up "storm: exit status $?"
wait $execs_run || give_up "exec: exit status $?"
for reader in $readers; do
	kill "$reader"
	wait "$reader"
done
# Before it is waited for the last to be freed: each look at that makes processes too.
take ledger
cp "$scratch/ledger" "$scratch/ledger.storm"
born=$(($(total born) - born_before))
shared=$(function_sum "$(difference share_take)" takes)
read_by_proc=$(function_sum "$(difference other_mm)" takes)
visit_all_cpus
everything_closes "ledger-closure"

# Each fork bears one, each exec one; a vfork, a thread and a clone with VM none.
forks=$(awk -v all="$(truth_of ok what=kind kind=fork)" 'BEGIN { print all + 0 }')
within "ledger-closure: born: one for each fork and each exec" \
	$((forks + 2 * execs)) $((forks + 2 * execs + 60)) \
	"$born" "$truth"
within "ledger-closure: users: a take for each clone that shares" \
	$(($(truth_of ok kind=vfork) + $(truth_of ok kind=clone) + \
		$(truth_of ok kind=thread))) \
	$(($(truth_of ok kind=vfork) + $(truth_of ok kind=clone) + \
		$(truth_of ok kind=thread) + 60)) \
	"$shared" "$scratch/ledger.storm"
opened=$(cat "$scratch"/reader.* | sed 's/.*opened=//' | awk '{ n += $1 } END { print n }')
within "ledger-closure: the readers of /proc read, and are in the ledger" 1 \
	$((opened * 4)) "$read_by_proc" "$scratch/ledger.storm"
echo "  born $(total born), closed $(total closed), open $(total open);" \
	"$(grep -o 'kind=[a-z]* path=[a-z]* ok=[0-9]*' "$truth" | xargs)" \
	"execs=$execs proc_files=$opened"
unload
