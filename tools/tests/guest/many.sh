#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Many processes: each text file takes as much longer as there is more to be listed, and
# others are served meanwhile; what is announced does not push itself out of the rings.
#
# timeout: 400

. "${0%/*}/common"

few=$(rounds 400 200)
times=10

# $clock: hundredths of a second, as /proc/uptime counts; by the shell itself, so that no
# process has to come to be first.
look_at_clock()
{
	read -r clock _ </proc/uptime
	clock=${clock%.*}${clock#*.}
}

# took FILE: $took is how long reading it takes.
took()
{
	look_at_clock
	took=$clock
	cat "$debugfs/$1" >"$scratch/$1" || give_up "cat $1"
	look_at_clock
	took=$((clock - took))
}

# quickest FILE [MOST]: $quickest of some readings. What a machine that stands still adds
# is not in all of them, and what the file costs is: it is read twice at least, and six
# times before it is said to take longer than MOST.
quickest()
{
	quickest=
	for quickest_try in 1 2 3 4 5 6; do
		took "$1"
		[ -n "$quickest" ] && [ "$quickest" -le $took ] || quickest=$took
		[ $quickest_try = 1 ] || [ $quickest -gt "${2:-$quickest}" ] || break
	done
}

# most_of FEW: what so many times as many may take. A square would be ten times as much
# again: 8 hundredths became 788 where it was one. A third of that is left to chance:
# what is there in any case, the clock's own grain, and what else the machine does.
most_of()
{
	echo $((($1 + 10) * times * 3))
}

# Processes that the file lists of those that the workload has made.
listed()
{
	truth_of pid what=process >"$scratch/made"
	awk -v file="$1" '
	NR == FNR { made[$1] = 1; next }
	/^#/ { next }
	file == "mms" && $11 in made { n++ }
	file == "holders" && $6 == "tasks" && $9 in made { n++ }
	END { print n + 0 }' "$scratch/made" "$scratch/$1"
}

# before FILE: what it took with few, if that is known.
before()
{
	awk -v file="$1" '$1 == file { print $2 }' "$scratch/took.few" 2>/dev/null
}

# measure NAME: with so many as there are.
measure()
{
	for file in mms holders ledger; do
		measured=$(before $file)
		quickest $file "${measured:+$(most_of "$measured")}"
		echo "$file $quickest" >>"$scratch/took.$1"
	done
	for file in mms holders; do
		equal "many: $1: $file lists each" "$(truth_of count what=processes)" \
			"$(listed $file)"
	done
}

load_with ring_kib=64 max_mms=16384
hold processes "$few"
start_recording
echo 1 >"$debugfs/ledger" 2>/dev/null
measure few
release
hold processes $((few * times))
measure many
while read -r file before; do
	after=$(awk -v file="$file" '$1 == file { print $2 }' "$scratch/took.many")
	echo "    $file: $before, $after hundredths of a second"
	within "many: $file takes some $times times as long for $times times as many, and no square of it" \
		0 "$(most_of "$before")" "$after"
done <"$scratch/took.few"

# Somebody else's looks while one reads: how long that takes in all, and the longest look.
look_meanwhile()
{
	look_at_clock
	look_began=$clock
	cat "$debugfs/holders" >"$scratch/holders" &
	look_reading=$!
	longest=0
	while kill -0 $look_reading 2>/dev/null; do
		look_at_clock
		look_then=$clock
		read -r _ <"$debugfs/enable"
		look_at_clock
		look_now=$((clock - look_then))
		[ $look_now -le $longest ] || longest=$look_now
	done
	wait $look_reading
	look_at_clock
	whole=$((clock - look_began))
	echo "    holders: $whole, the longest look at enable: $longest hundredths of a second"
	[ $longest -le 150 ]
}

# The machine may stand still in any of them, but hardly in all. Where the mutex was held
# all the time the look took 300 to 600 of 800 to 2,000, each time.
if look_meanwhile || look_meanwhile || look_meanwhile || look_meanwhile; then
	ok "many: who reads another file meanwhile waits for a piece of it only"
else
	not_ok "many: who reads another file meanwhile waits for a piece of it only" "see above"
fi
echo 0 >"$debugfs/ledger"
stop_recording

# The announcement: half a ring on each CPU, the rest at first sight.
echo free >"$debugfs/enable"
start_recording
lost=$(stat_of lost_overwritten)
unannounced=$(stat_of unannounced_mms)
equal "many: the announcement pushes nothing out of the rings" 0 "$lost" "$debugfs/stats"
within "many: what it has no room for is said" 1 $((few * times)) "$unannounced" \
	"$debugfs/stats"
take_events
said=$(records 'type == "mm_birth" && how == "found" && pid >= 0 { seen[mm] }
	END { for (mm in seen) n++; print n + 0 }')
within "many: and with it all are" $((few * times)) $((few * times + 200)) \
	$((said + unannounced)) "$events"
# Those that go now are told before they do.
release
stop_recording
take_events
equal "many: nothing is told of an mm that was not announced" "" "$(records '
	type == "lost" { lost = 1 }
	type == "mm_birth" { known[mm] }
	type == "exit_mm" && mm && !(mm in known) && !lost { print; exit }')" "$events"
