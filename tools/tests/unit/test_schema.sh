#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# test_schema - what the verbs print with --json is as Documentation/mmscope.schema.json
# says, and that file is as the reader makes it
#
# The lines are those of expected/ and those that the other tests had printed, in the
# file $MMSCOPE_JSON (run-tests).

# shellcheck disable=SC2317 # claim calls what is called

here=${0%/*}
schema=$here/../../../Documentation/mmscope.schema.json
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests=0
status=0

# claim NAME COMMAND...: the command's success is the claim's.
claim()
{
	claim_name=$1
	shift
	tests=$((tests + 1))
	if "$@" >"$folder/said" 2>&1; then
		echo "ok $tests - $claim_name"
	else
		echo "not ok $tests - $claim_name"
		sed 's/^# //; s/^/# /' "$folder/said" | head -n 20
		status=1
	fi
}

version_of()
{
	sed -n 's/^"version": \([0-9]*\),$/\1/p' "$1"
}

is_kept()
{
	"$MMSCOPE" --schema >"$folder/made"
	cmp -s "$folder/made" "$schema" && return
	if [ "$(version_of "$folder/made")" = "$(version_of "$schema")" ]; then
		echo "the schema has changed and its version has not: raise SCHEMA_VERSION in verbs/schema.h, then make -C tools/tests/unit schema"
	else
		echo "a new version: make -C tools/tests/unit schema"
	fi
	diff "$schema" "$folder/made"
	return 1
}

valid()
{
	/usr/bin/python3 "$here/check_schema.py" "$schema" "$@"
}

# refused LINE: it is not as the schema says.
refused()
{
	echo "$1" >"$folder/wrong"
	! valid "$folder/wrong"
}

has_all()
{
	sed -n 's/^"\([a-z_]*\)": {"description".*/\1/p' "$schema" >"$folder/kinds"
	while read -r kind; do
		case $kind in
		# Only a kernel makes these; tests/guest/selftest.sh sees the last line.
		selftest_sum | event | event_unknown) continue ;;
		selftest_row) word='"verdict":' ;;
		event_*) word="\"type\":\"${kind#event_}\"" ;;
		*) word="\"table\":\"$kind\"" ;;
		esac
		grep -q "^{.*$word" "$here"/expected/*.json "$MMSCOPE_JSON" && continue
		echo "no line of kind $kind"
		return 1
	done <"$folder/kinds"
}

claim "the schema is what the reader's types make" is_kept
claim "every kind of line was printed by some test" has_all
claim "what is expected of captures is as the schema says" valid "$here"/expected/*.json
claim "what the tests had printed is as the schema says" valid "$MMSCOPE_JSON"
claim "a number as text is refused" refused \
	'{"table":"stack","stack":"12","calls":["a"]}'
claim "a missing key is refused" refused '{"table":"stack","stack":12}'
claim "a key too many is refused" refused \
	'{"table":"stack","stack":12,"calls":["a"],"more":1}'
claim "null where nothing may be missing is refused" refused \
	'{"table":"stack","stack":null,"calls":["a"]}'
echo "1..$tests"
exit $status
