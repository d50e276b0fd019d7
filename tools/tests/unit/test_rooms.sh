#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_rooms - what scripts/check-rooms finds in small trees made on purpose

scripts=${0%/*}/../../../scripts
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests=0
status=0

# result NAME COMMAND...: the command's success is the test's.
result()
{
	name=$1
	shift
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		sed 's/^/# /' "$folder/said"
		status=1
	fi
}

# write FILE LINE...
write()
{
	file=$folder/tree/$1
	shift
	mkdir -p "${file%/*}"
	printf '%s\n' "$@" >"$file"
}

# Three rooms of the module, two of the reader; nothing is wrong.
make_tree()
{
	rm -rf "$folder/tree"
	write module/rooms '# ground first' 'shared  what is common?' 'low  what is below?' \
		'high  what is above?' 'main.c  load and unload'
	write module/shared/record.h 'struct record { int low_member; };'
	write module/low/low.h '#include "shared/record.h"' 'struct low { int high_run; };' \
		'int low_get(struct record *record);' 'extern int low_state;'
	write module/low/low.c '#include "low/low.h"' 'int low_state __read_mostly;' \
		'/* high_run() is not called here. */' \
		'int low_get(struct record *record) { return record->low_member; }'
	write module/high/high.h 'int high_run(void);' 'struct high;'
	write module/high/high.c '#include "high/high.h"' '#include "low/low.h"' \
		'int high_run(void) { return low_get(0) + low_state; }'
	write module/main.c '#include "high/high.h"' 'int main(void) { return high_run(); }'
	write tools/mmscope/rooms 'base  what does everybody need?' 'main.c  what is asked?'
	write tools/mmscope/base/base.h 'void say(const char *text);'
	write tools/mmscope/base/base.c '#include "base/base.h"' 'void say(const char *text) { }'
	write tools/mmscope/main.c '#include "base/base.h"' '#include "shared/record.h"' \
		'int main(void) { struct record record; say("high_run"); return 0; }'
}

# finds NAME LINE: check-rooms fails, and says so.
finds()
{
	"$scripts/check-rooms" "$folder/tree" >"$folder/said" 2>&1 &&
		echo "it found nothing" >>"$folder/said"
	result "$1" grep -qxF "    $2" "$folder/said"
}

make_tree
result "a clean tree passes" sh -c "'$scripts/check-rooms' '$folder/tree' >'$folder/said' 2>&1"

make_tree
write module/low/up.c 'int up(void) { return high_run(); }'
finds "a call to a room above" \
	"module/low/up.c uses high_run of module/high/high.c, but high is above low"

make_tree
write module/low/up.c '#include "high/high.h"'
finds "an include from a room above" \
	"module/low/up.c uses #include \"high/high.h\" of module/high/high.h, but high is above low"

make_tree
write tools/mmscope/base/up.c 'int up(void) { return main_mode; }'
write tools/mmscope/main.c 'int main_mode;'
finds "a variable of a room above, in the reader" \
	"tools/mmscope/base/up.c uses main_mode of tools/mmscope/main.c, but main.c is above base"

make_tree
write module/low/left.c 'int left(void) { return right(); }'
write module/low/right.c 'int right(void) { return left(); }'
finds "a circle of two files by their calls" "a circle of 2 files:"
result "what ties it is named" grep -q 'module/low/left -> module/low/right: right$' "$folder/said"

make_tree
write module/low/left.h 'struct left { int a; };'
write module/low/left.c 'int left(void) { return right(); }'
write module/low/right.c '#include "low/left.h"' 'int right(void) { struct left left; return 0; }'
finds "a circle by a call one way and a type the other way" "a circle of 2 files:"

make_tree
write module/low/left.h '#include "low/middle.h"'
write module/low/middle.h '#include "low/right.h"'
write module/low/right.h '#include "low/left.h"'
finds "a circle of three headers" "a circle of 3 files:"

make_tree
write tools/workload/a.c 'int a(void) { return b(); }'
write tools/workload/b.c 'int b(void) { return a(); }'
finds "a circle in a folder without rooms" "a circle of 2 files:"

make_tree
write tools/mmscope/main.c '#include "low/low.h"' 'int main(void) { return 0; }'
finds "the reader in a room of the module that is not shared" \
	"tools/mmscope/main.c uses #include \"low/low.h\" of module/low/low.h, but of module/ it may use shared/ only"

make_tree
write module/low/lent.c '#include "../../tools/mmscope/base/base.h"'
finds "the module in the reader's rooms" \
	"module/low/lent.c uses #include \"../../tools/mmscope/base/base.h\" of tools/mmscope/base/base.h, but module/ uses nothing of tools/"

make_tree
rm "$folder/tree/module/rooms"
finds "a list that is missing" "module/rooms: there is no such list, so nobody knows an order"

make_tree
write module/new/new.c 'int new;'
finds "a file in a room that is not listed" "module/new/new.c: it lies in no room of module/rooms"

make_tree
rm -r "$folder/tree/module/high" "$folder/tree/module/main.c"
finds "a room that is listed and not there" "module/high: it is in module/rooms, but has no C file"

make_tree
write module/low/lost.h 'int lost(void);'
finds "a name that is offered and nowhere defined" "module/low/lost.h: no file defines lost"

make_tree
write module/low/lost.c '#include "low/nowhere.h"'
finds "an include of what is not there" "module/low/lost.c: \"low/nowhere.h\" is not there"
echo "1..$tests"
exit $status
