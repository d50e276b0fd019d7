#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_rooms - what scripts/check-rooms finds in trees that are made for it: one in order,
# and one for each thing that must not be

check=${0%/*}/../../../scripts/check-rooms
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests=0
status=0

# finds NAME PATTERN: the check fails, and says so; without PATTERN it passes.
finds()
{
	tests=$((tests + 1))
	"$check" "$folder/tree" >"$folder/said" 2>&1
	result=$?
	if [ -z "${2-}" ] && [ $result = 0 ]; then
		echo "ok $tests - $1"
	elif [ -n "${2-}" ] && [ $result = 1 ] && grep -q "^not ok .*$2" "$folder/said"; then
		echo "ok $tests - $1"
	else
		echo "not ok $tests - $1"
		sed 's/^/# /' "$folder/said"
		status=1
	fi
}

# Two rooms; each file uses what lies below it, and says a word of what lies above.
make_tree()
{
	rm -rf "$folder/tree"
	mkdir -p "$folder/tree/low" "$folder/tree/high"
	printf '# from the ground up\nlow\twhat\nhigh\twhat else\nmain.c\tall\n' \
		>"$folder/tree/rooms"
	cat >"$folder/tree/low/a.h" <<-'END'
		struct a { int high; };
		int a_does(struct a *a);
		extern const char *a_names[];
	END
	cat >"$folder/tree/low/a.c" <<-'END'
		#include "low/a.h"
		/* high_does() is above. */
		const char *a_names[] = { "high_does(" };
		int a_does(struct a *a)
		{
			return a->high; // high_does()
		}
	END
	printf 'int b_does(void);\n' >"$folder/tree/low/b.h"
	printf 'int b_does(void)\n{\n\treturn a_does(0);\n}\n' >"$folder/tree/low/b.c"
	printf '#include "low/a.h"\nint high_does(int x);\n' >"$folder/tree/high/high.h"
	cat >"$folder/tree/high/high.c" <<-'END'
		#include "high/high.h"
		int high_does(int x)
		{
			return a_does((void *)a_names[x]);
		}
	END
	printf 'int main(void)\n{\n\treturn high_does(b_does());\n}\n' >"$folder/tree/main.c"
}

make_tree
finds "a tree in order"

make_tree
printf 'int upward(void)\n{\n\treturn high_does(1);\n}\n' >>"$folder/tree/low/b.c"
finds "a call of a function above" 'low/b.c uses high/high.c of a room above: high_does'

make_tree
printf '#define UPWARD(x) high_does(x)\n' >>"$folder/tree/low/a.h"
finds "a macro that calls one" 'low/a.h uses high/high.c of a room above: high_does'

make_tree
sed -i '1i #include "high/high.h"' "$folder/tree/low/b.c"
finds "an include of a header above" 'low/b.c uses high/high.h of a room above: #include'

make_tree
printf 'static int (*back)(void) = b_does;\n' >>"$folder/tree/low/a.c"
finds "two files that name each other" 'low/a.c uses low/b.c, in a circle: b_does'

make_tree
sed -i '1i #include "low/b.h"' "$folder/tree/low/a.h"
sed -i '1i #include "low/a.h"' "$folder/tree/low/b.h"
finds "two headers that include each other" 'low/b.h uses low/a.h, in a circle: #include'

make_tree
mkdir "$folder/tree/new"
printf 'int n;\n' >"$folder/tree/new/n.c"
finds "a room that is not on the list" 'has no room new'

make_tree
rm "$folder/tree/rooms"
finds "no list" 'no list'

echo "1..$tests"
exit $status
