# SPDX-License-Identifier: GPL-2.0-only
#
# uses.awk - which C file uses which other one, and by what name
#
#     awk -v lent=FOLDER/ -f uses.awk TAGS FILE.c... FILE.h...
#
# TAGS is ctags' list of names, as check-rooms asks for it: file, name, kind, and whether
# the name is the file's own, by tabs. Prints a line a use, by tabs: the using file, the
# used one, the name. The name of an include is the include itself. Lines that begin with
# `!` say what could not be told.
#
# It reads text, not objects: so it sees all architectures and options, and needs no
# build. A name that a file declares itself (a parameter, a member, a static function) is
# that file's own name everywhere in the file.
#
# A function that a header of the folder `lent` declares belongs to that header, whoever
# defines it: both who lends and who borrows may have one of their own.

BEGIN { FS = "\t" }

# tree_of FILE: module, tools/mmscope, tools/workload, ...
function tree_of(file, part)
{
	split(file, part, "/")
	return part[1] == "tools" ? part[1] "/" part[2] : part[1]
}

function is_header(file)
{
	return file ~ /\.h$/
}

# ---- the names ----

function define(name, file)
{
	# An attribute behind a variable's name is no name: `bool on __read_mostly;`.
	if (name ~ /^__/ || (name, file) in defines)
		return
	defines[name, file] = 1
	definers[name] = definers[name] file "\n"
}

FILENAME == ARGV[1] {
	file = $1
	name = $2
	kind = $3
	if (kind == "struct" || kind == "union" || kind == "enum") {
		# Of two files that each have a struct of this name for themselves neither
		# uses the other's.
		own[file, kind " " name] = 1
		if (is_header(file))
			define(kind " " name, file)
	} else if (kind == "prototype" || kind == "externvar") {
		declared[file, name]++
		if (is_header(file) && name !~ /^DECLARE_/)
			offered[name] = file
		if (is_header(file) && index(file, lent) == 1)
			lender[name] = file
	} else if (kind == "local" || kind == "parameter" || kind == "member" ||
		   kind == "label" || kind == "macroparam") {
		own[file, name] = 1
	} else {
		own[file, name] = 1
		# What a .c file keeps to itself nobody else can use.
		if (is_header(file) ||
		    ((kind == "function" || kind == "variable") && $4 != "file"))
			define(name, file)
	}
	next
}

# ---- the text ----

# without_words LINE: the line without comments and what stands in quotes.
function without_words(line, rest, at, mark)
{
	rest = ""
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (!at)
				return rest
			in_comment = 0
			line = substr(line, at + 2)
			continue
		}
		if (!match(line, /\/\*|\/\/|"|'/))
			return rest line
		mark = substr(line, RSTART, RLENGTH)
		rest = rest substr(line, 1, RSTART - 1) " "
		line = substr(line, RSTART)
		if (mark == "//")
			return rest
		if (mark == "/*") {
			in_comment = 1
			line = substr(line, 3)
		} else if (match(line, mark == "'" ? "^'([^'\\\\]|\\\\.)*'" : "^\"([^\"\\\\]|\\\\.)*\"")) {
			line = substr(line, RLENGTH + 1)
		} else {
			line = substr(line, 2)
		}
	}
	return rest
}

function note_include(path)
{
	includes[++n_includes] = FILENAME "\t" path
}

# note_names LINE: each name in it, but not those behind `.` and `->`, which are members.
function note_names(line, before, name, tag)
{
	tag = ""
	while (match(line, /[A-Za-z_][A-Za-z_0-9]*/)) {
		before = substr(line, 1, RSTART - 1)
		name = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		if (before ~ /[0-9]$/ || before ~ /(^|[^.])\.[ \t]*$/ || before ~ /->[ \t]*$/) {
			tag = ""
			continue
		}
		if (name == "struct" || name == "union" || name == "enum") {
			tag = name
			continue
		}
		if (tag != "" && before ~ /^[ \t]+$/) {
			if (tag == "struct" && line ~ /^[ \t]*;/)
				own[FILENAME, tag " " name] = 1
			name = tag " " name
		}
		tag = ""
		if (!((FILENAME, name) in times))
			used[++n_used] = FILENAME "\t" name
		times[FILENAME, name]++
	}
}

# What DECLARE_PER_CPU(TYPE, NAME) and the like declare.
function note_declaration(line)
{
	sub(/[^A-Za-z_0-9]*$/, "", line)
	sub(/.*[^A-Za-z_0-9]/, "", line)
	declared[FILENAME, line]++
	offered[line] = FILENAME
}

# What a line outside functions may define that ctags does not know for a definition:
# DEFINE_PER_CPU() and the like, and a variable with an attribute behind its name.
function note_made(line, name)
{
	# What stands behind is used, not defined; and a function's line ctags knows.
	sub(/[={].*/, "", line)
	if (line ~ /\(/ && line !~ /^[A-Z][A-Z_0-9]*\(/)
		return
	while (match(line, /[A-Za-z_][A-Za-z_0-9]*/)) {
		name = substr(line, RSTART, RLENGTH)
		made[name] = made[name] FILENAME "\n"
		line = substr(line, RSTART + RLENGTH)
	}
}

FNR == 1 {
	in_comment = 0
	files[FILENAME] = 1
	trees[tree_of(FILENAME)] = 1
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	path = $0
	sub(/^[^"]*"/, "", path)
	sub(/".*/, "", path)
	note_include(path)
	next
}

/^[ \t]*#[ \t]*(include|error|warning)/ { next }

{
	text = without_words($0)
	note_names(text)
	if (is_header(FILENAME) && text ~ /^DECLARE_/)
		note_declaration(text)
	else if (text ~ /^[A-Za-z]/ && text !~ /^(static|extern|typedef) /)
		note_made(text)
}

# ---- who uses whom ----

# normal PATH: without a/../
function normal(path)
{
	while (sub(/(^|\/)[^\/.][^\/]*\/\.\.\//, "/", path))
		sub(/^\//, "", path)
	return path
}

# included_file FILE PATH: beside FILE, in its tree, or in another one.
function included_file(file, path, folder, tree, found, n)
{
	folder = file
	sub(/[^\/]*$/, "", folder)
	if (normal(folder path) in files)
		return normal(folder path)
	if (tree_of(file) "/" path in files)
		return tree_of(file) "/" path
	for (tree in trees)
		if (tree "/" path in files) {
			found = tree "/" path
			n++
		}
	if (!n)
		for (tree in files)
			if (substr(tree, length(tree) - length(path)) == "/" path) {
				found = tree
				n++
			}
	if (n != 1)
		print "! " file ": \"" path "\" is " (n ? "more than one file" : "not there")
	return n == 1 ? found : ""
}

# defining FILE NAME: the files that define it, a line each: those of FILE's own tree if
# there are any, else those of trees that its tree includes files of.
function defining(file, name, all, i, n, other, mine, others)
{
	if (name in lender)
		return lender[name] "\n"
	n = split(definers[name], all, "\n") - 1
	mine = others = ""
	for (i = 1; i <= n; i++) {
		other = tree_of(all[i])
		if (other == tree_of(file))
			mine = mine all[i] "\n"
		else if ((tree_of(file), other) in reached)
			others = others all[i] "\n"
	}
	return mine != "" ? mine : others
}

function tell_uses(file, name, all, n, i)
{
	if ((file, name) in own)
		return
	# A header declares what another file defines, and thereby does not use it.
	if (times[file, name] <= declared[file, name])
		return
	n = split(defining(file, name), all, "\n") - 1
	for (i = 1; i <= n; i++)
		if (all[i] != file)
			print file "\t" all[i] "\t" name
}

END {
	for (i = 1; i <= n_includes; i++) {
		split(includes[i], part, "\t")
		other = included_file(part[1], part[2])
		if (other == "" || other == part[1])
			continue
		print part[1] "\t" other "\t#include \"" part[2] "\""
		reached[tree_of(part[1]), tree_of(other)] = 1
	}
	for (name in offered) {
		if (name in definers)
			continue
		n = split(made[name], all, "\n") - 1
		for (j = 1; j <= n; j++)
			if (all[j] ~ /\.c$/)
				define(name, all[j])
		if (!(name in definers))
			print "! " offered[name] ": no file defines " name
	}
	for (i = 1; i <= n_used; i++) {
		split(used[i], part, "\t")
		tell_uses(part[1], part[2])
	}
}
