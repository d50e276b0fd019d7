# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# Jobs that run side by side, as many as there are cores for, and a line every now and
# then that says which they are. To be sourced by check, which sets
#
#     work    a folder for this run

# Seconds between two lines about what runs.
progress_seconds=15

busy=0
declare -A cores_of

# wait_for_job: until one of them ends, or more.
wait_for_job()
{
	local pid

	wait -n "${!cores_of[@]}" || true
	for pid in "${!cores_of[@]}"; do
		kill -0 "$pid" 2>/dev/null && continue
		busy=$((busy - ${cores_of[$pid]}))
		unset "cores_of[$pid]"
	done
}

# run_job NAME COMMAND...: while it runs, there is a file of its name, as old as it is.
run_job()
{
	local name=$1
	shift

	: >"$work/running/$name"
	# shellcheck disable=SC2064 # the name as it is now
	trap "rm -f '$work/running/$name'; echo '$name' >>'$work/ended'" EXIT
	"$@"
}

# start_job CORES NAME COMMAND...: in the background, as soon as nobody has to wait for a
# core: a guest that does may see stalls that are none of its kernel's. CORES are in
# tenths. NAME is for people, and a file.
start_job()
{
	local cores=$1
	shift

	while [ $busy -gt 0 ] && [ $((busy + cores)) -gt $((10 * $(nproc))) ]; do
		wait_for_job
	done
	run_job "$@" &
	cores_of[$!]=$cores
	busy=$((busy + cores))
}

finish_jobs()
{
	while [ ${#cores_of[@]} -gt 0 ]; do
		wait_for_job
	done
}

# ---- a queue, so that it is known beforehand how many there will be ----

queue=()

# queue_job CORES NAME COMMAND...
queue_job()
{
	queue+=("$(printf '%q ' "$@")")
	echo "$2" >>"$work/planned"
}

run_queue()
{
	local job

	for job in "${queue[@]}"; do
		eval "start_job $job"
	done
	queue=()
	finish_jobs
}

# ---- what runs, how far, since when ----

# lines_of FILE
lines_of()
{
	if [ -e "$1" ]; then
		wc -l <"$1"
	else
		echo 0
	fi
}

# minutes SECONDS: as 3:07
minutes()
{
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# progress_of NAME: how far that job is, by what it has left in its folder, which is a
# guest's, or in its file: results, or the last thing it said.
progress_of()
{
	local said=$work/$1 results

	if [ -s "$said/output" ]; then
		awk '/^run: [0-9]* tests$/ { all = $2 }
			/^test .* took / { done++; next }
			/^test / { name = $2 }
			END { if (name) printf ", %s (%d%s)", name, done + 1, all ? " of " all : "" }' \
			"$said/output"
	elif [ -f "$said" ] && [ -s "$said" ]; then
		results=$(grep -cE '^(ok|not ok|skip) ' "$said" || true)
		if [ "$results" = 0 ]; then
			tail -n 1 "$said" | tr -d '\n' | cut -c 1-60 | sed 's/^/, /'
		else
			printf ', %d results' "$results"
		fi
	fi
}

progress_line()
{
	local file now line='' planned
	now=$(date +%s)

	for file in "$work"/running/*; do
		[ -e "$file" ] || continue
		line+="; ${file##*/} for $(minutes $((now - $(stat -c %Y "$file" 2>/dev/null ||
			echo "$now"))))$(progress_of "${file##*/}")"
	done
	planned=$(lines_of "$work/planned")
	[ "$planned" = 0 ] ||
		line+="; $(grep -cxFf "$work/planned" "$work/ended" || true) of $planned are done"
	[ -n "$line" ] || line='; nothing yet'
	{
		flock 8
		printf '%s\n' "    $(minutes $((now - progress_began))): ${line#; }"
	} 8>"$work/lock"
}

# Ends with whoever started it, and sleep does not keep its output open.
tell_progress()
{
	local parent=$$

	while sleep $progress_seconds >/dev/null 2>&1 && kill -0 $parent 2>/dev/null; do
		progress_line
	done
}

start_progress()
{
	mkdir -p "$work/running"
	: >"$work/ended"
	progress_began=$(date +%s)
	tell_progress &
	progress=$!
	trap 'kill $progress 2>/dev/null' EXIT
}
