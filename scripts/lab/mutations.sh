# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# mutations.sh - files that say how something is made wrong on purpose
#
# To be sourced after common.sh, with $mutations the folder where they are.
# shellcheck disable=SC2154

# field MUTATION KEY
field()
{
	sed -n "/^---/q; s/^$2: *//p" "$mutations/$1"
}

# apply MUTATION TREE: false if its text is not there exactly once.
apply()
{
	perl -0777 -e '
		my ($mutation, $file) = @ARGV;
		sub whole { open(my $f, "<", $_[0]) or die "$_[0]: $!\n"; <$f> }
		my ($is, $becomes) = whole($mutation) =~
			/^--- is\n(.*?\n)--- becomes\n(.*)\z/ms or
			die "$mutation: no `--- is` and `--- becomes`\n";
		my $text = whole($file);
		my $times = () = $text =~ /^\Q$is\E/mg;
		die "$mutation: its text is $times times in $file, not once\n" if $times != 1;
		$text =~ s/^\Q$is\E/$becomes/m;
		open(my $out, ">", $file) or die "$file: $!\n";
		print $out $text;
	' "$mutations/$1" "$2/$(field "$1" file)"
}
