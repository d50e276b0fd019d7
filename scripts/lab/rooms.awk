# SPDX-License-Identifier: GPL-2.0-only
#
# rooms.awk - who uses whom among the C files of a tree, against the order of its rooms
#
#     awk -v tree=FOLDER -f rooms.awk FOLDER/rooms FILE...
#
# FOLDER/rooms has a line for each room, from the ground up: its folder, or a file
# outside of all folders, and what it is for. A file uses another one if it includes it, or
# names a function or an object that the other one defines and a header declares. What a
# header of the lowest room declares belongs to that header, whoever defines it.
#
# A header and the .c of the same name are one. Prints a line for each use of a room above,
# and for each use that is part of a circle. Local names that are also a global one's are
# taken for it, so a finding is looked at by a person.

function fail(text)
{
	print "not ok " text
	failed = 1
}

function relative(path)
{
	return substr(path, length(tree) + 2)
}

function room_of(file)
{
	return index(file, "/") ? substr(file, 1, index(file, "/") - 1) : file
}

function unit_of(file)
{
	return substr(file, 1, length(file) - 2)
}

# Without comments and texts; a comment may go on over lines.
function stripped(line,    out, at)
{
	if (FNR == 1)
		in_comment = 0
	out = ""
	gsub(/\\"/, "", line)
	gsub(/'[^']*'/, "0", line)
	if (line !~ /^#include/)
		gsub(/"[^"]*"/, "\"\"", line)
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (!at)
				return out
			line = substr(line, at + 2)
			in_comment = 0
			continue
		}
		at = index(line, "/*")
		if (!at) {
			sub(/\/\/.*/, "", line)
			return out line
		}
		out = out substr(line, 1, at - 1) " "
		line = substr(line, at + 2)
		in_comment = 1
	}
	return out
}

# The last word of a text, which may end with [...] or a value.
function last_word(text)
{
	sub(/ *=.*/, "", text)
	gsub(/\[[^]]*\]/, "", text)
	sub(/[^A-Za-z0-9_]*$/, "", text)
	sub(/.*[^A-Za-z0-9_]/, "", text)
	return text
}

# The names that a statement outside of all functions gives to functions and objects.
function names_of(head, names,    n, parts, i, inside)
{
	split("", names)
	gsub(/__attribute__ *\(\(.*\)\)/, "", head)
	if (head ~ /^ *(DECLARE|DEFINE)_[A-Z_]+ *\(/) {
		inside = head
		sub(/\)[^)]*$/, "", inside)
		sub(/^[^(]*\(/, "", inside)
		sub(/.*,/, "", inside)
		names[last_word(inside)] = 1
		return
	}
	if (head ~ /\(/ && head !~ /^[^(]*=/) {
		sub(/\(.*/, "", head)
		names[last_word(head)] = 1
		return
	}
	sub(/=.*/, "", head)
	n = split(head, parts, /,/)
	for (i = 1; i <= n; i++)
		names[last_word(parts[i])] = 1
}

function note_names(file, head, is_header,    names, name)
{
	if (head ~ /^ *(typedef|struct [A-Za-z0-9_]+ *$|enum|union)/ || head !~ /[a-z]/)
		return
	if (!is_header && head ~ /^ *(static|extern)/)
		return
	if (is_header && head ~ /^ *static/)
		return
	names_of(head, names)
	for (name in names)
		if (name !~ /^[0-9]*$/) {
			if (is_header)
				declared[name] = file
			else
				defined[name] = file
		}
}

function note_uses(file, text,    word)
{
	gsub(/(struct|enum|union) +[A-Za-z0-9_]+/, " ", text)
	gsub(/(\.|->) *[A-Za-z_][A-Za-z0-9_]*/, " ", text)
	while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		used[file, word] = 1
	}
}

FILENAME == tree "/rooms" {
	if (!/^#/ && NF)
		rank[$1] = ++rooms
	next
}

FNR == 1 {
	file = relative(FILENAME)
	files[file] = 1
	is_header = file ~ /\.h$/
	depth = 0
	head = ""
	in_macro = 0
	if (!(room_of(file) in rank))
		fail(FILENAME ": " tree "/rooms has no room " room_of(file))
}

{
	line = stripped($0)
	if (in_macro || line ~ /^[ \t]*#/) {
		in_macro = line ~ /\\$/
		if (line ~ /^#include "/) {
			split(line, quoted, "\"")
			included[file, quoted[2]] = 1
		} else {
			note_uses(file, line)
		}
		next
	}
	while (line != "") {
		at = match(line, /[{};]/)
		piece = at ? substr(line, 1, at - 1) : line
		mark = at ? substr(line, at, 1) : ""
		line = at ? substr(line, at + 1) : ""
		if (depth) {
			if (!in_type)
				note_uses(file, piece)
		} else {
			head = head " " piece
		}
		if (mark == "{") {
			if (!depth++) {
				in_type = head ~ /^ *(typedef +)?(struct|enum|union)( +[A-Za-z0-9_]+)? *$/
				note_names(file, head, is_header)
				head = ""
			}
		} else if (mark == "}") {
			depth--
		} else if (mark == ";" && !depth) {
			note_names(file, head, is_header)
			if (!is_header && head ~ /=/)
				note_uses(file, head)
			head = ""
		}
	}
}

# What @from uses of @to, for people.
function add_use(from, to, name)
{
	uses[from, to] = uses[from, to] (uses[from, to] ? ", " : "") name
}

function find_uses(    pair, parts, name, to)
{
	for (pair in included) {
		split(pair, parts, SUBSEP)
		if (parts[2] in files && unit_of(parts[1]) != unit_of(parts[2]))
			add_use(parts[1], parts[2], "#include")
	}
	for (pair in used) {
		split(pair, parts, SUBSEP)
		name = parts[2]
		if (!(name in declared) || !(name in defined))
			continue
		to = defined[name]
		if (rank[room_of(declared[name])] == 1 && rank[room_of(to)] > 1)
			to = declared[name]
		if (unit_of(parts[1]) != unit_of(to))
			add_use(parts[1], to, name)
	}
}

function check_order(    pair, parts)
{
	for (pair in uses) {
		split(pair, parts, SUBSEP)
		if (rank[room_of(parts[1])] < rank[room_of(parts[2])])
			fail(tree "/" parts[1] " uses " parts[2] " of a room above: " uses[pair])
	}
}

# A header's includes, and everybody's names; a .c may include what it likes below.
function is_of_circles(pair, parts)
{
	return uses[pair] != "#include" || (parts[1] ~ /\.h$/ && parts[2] ~ /\.h$/)
}

# Whoever uses nobody, or is used by nobody, is in no circle, and is taken away.
function check_circles(    pair, parts, link, gone, changed, unit, out, in_)
{
	for (pair in uses) {
		split(pair, parts, SUBSEP)
		if (!is_of_circles(pair, parts))
			continue
		link[unit_of(parts[1]), unit_of(parts[2])] = pair
		units[unit_of(parts[1])]
		units[unit_of(parts[2])]
	}
	do {
		changed = 0
		split("", out)
		split("", in_)
		for (pair in link) {
			split(pair, parts, SUBSEP)
			out[parts[1]] = 1
			in_[parts[2]] = 1
		}
		for (pair in link) {
			split(pair, parts, SUBSEP)
			if (!(parts[1] in in_) || !(parts[2] in out)) {
				delete link[pair]
				changed = 1
			}
		}
	} while (changed)
	for (pair in link) {
		split(link[pair], parts, SUBSEP)
		fail(tree "/" parts[1] " uses " parts[2] ", in a circle: " uses[link[pair]])
	}
}

END {
	if (!rooms)
		fail(tree "/rooms lists no room")
	find_uses()
	check_order()
	check_circles()
	if (!failed)
		print "ok " tree ": no room uses one above, and no files use each other in a circle"
	exit failed
}
