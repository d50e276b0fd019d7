# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# Suites of the archive that this machine's apt does not use: apt with folders of
# its own in the cache, so that nothing of the machine's own apt changes. To be
# sourced.
#
# The mirror is the one that apt uses already; MMSCOPE_MIRROR and
# MMSCOPE_SECURITY_MIRROR overrule that. Packages are verified with the keys
# that the distribution ships.

suite_keys=/usr/share/keyrings/debian-archive-keyring.gpg

# mirror_with LABEL: where apt gets packages with this label in their Release file.
mirror_with()
{
	# shellcheck disable=SC2016 # for apt to expand
	apt-get indextargets --format '$(SITE)' 'Created-By: Packages' \
		'Origin: Debian' "Label: $1" 2>/dev/null | head -n 1
}

# mirror_of SUITE
mirror_of()
{
	local mirror

	case $1 in
	*-security)
		mirror=${MMSCOPE_SECURITY_MIRROR:-$(mirror_with Debian-Security)}
		[ -n "$mirror" ] || die "apt has no source with security updates here," \
			"where suite $1 would be; set MMSCOPE_SECURITY_MIRROR to one"
		;;
	*)
		mirror=${MMSCOPE_MIRROR:-$(mirror_with Debian)}
		[ -n "$mirror" ] || die "apt has no source of Debian here, where suite $1" \
			"would be; set MMSCOPE_MIRROR to a mirror"
		;;
	esac
	printf '%s\n' "$mirror"
}

# suite_dir SUITE,... ARCHITECTURE
suite_dir()
{
	printf '%s/suites/%s-%s\n' "$cache" "${1//,/+}" "$2"
}

# The architectures that packages may be of: the programs that build are always
# this machine's.
suite_architectures()
{
	printf '%s\n' "$(dpkg --print-architecture)" "$1" | sort -u
}

# suite_apt SUITE,... ARCHITECTURE apt-get|apt-cache ARGUMENT...
suite_apt()
{
	local folder architecture options program=$3
	folder=$(suite_dir "$1" "$2")

	# Options given here overrule the machine's configuration. As root apt would
	# like to download as the user _apt, who may not write in the cache.
	options=(-o "Dir::State=$folder/state" -o "Dir::State::status=$folder/status"
		-o "Dir::Cache=$folder/cache" -o "Dir::Etc::sourcelist=$folder/sources.list"
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null -o Acquire::Languages=none
		-o APT::Sandbox::User=root -o "APT::Architecture=$(dpkg --print-architecture)")
	while read -r architecture; do
		options+=(-o "APT::Architectures::=$architecture")
	done < <(suite_architectures "$2")
	shift 3
	"$program" "${options[@]}" "$@" </dev/null
}

write_sources()
{
	local suites=$1 architecture=$2 suite mirror architectures

	architectures=$(suite_architectures "$architecture" | paste -sd,)
	for suite in ${suites//,/ }; do
		mirror=$(mirror_of "$suite") || return
		echo "deb [arch=$architectures signed-by=$suite_keys] $mirror $suite main"
	done
}

# Lists that are a day old may name what the archive has no more. Not reaching it
# is no reason to stop: what is known may be enough.
suite_refresh_locked()
{
	local suites=$1 architecture=$2 age=$3 folder
	folder=$(suite_dir "$suites" "$architecture")

	mkdir -p "$folder/state/lists/partial" "$folder/cache/archives/partial"
	: >>"$folder/status"
	write_sources "$suites" "$architecture" >"$folder/sources.new" || return
	if cmp -s "$folder/sources.new" "$folder/sources.list" &&
		[ -n "$(find "$folder/refreshed" -mmin "-$age" 2>/dev/null)" ]; then
		return
	fi
	rm -f "$folder/refreshed"
	cat "$folder/sources.new" >"$folder/sources.list"
	if suite_apt "$suites" "$architecture" apt-get -qq update \
		-o APT::Update::Error-Mode=any >"$folder/update" 2>&1; then
		touch "$folder/refreshed"
	elif compgen -G "$folder/state/lists/*_Packages*" >/dev/null; then
		note "suite $suites could not be asked for news; going on with what is known of it"
	else
		cat "$folder/update" >&2
		note "suite $suites could not be reached"
		return 1
	fi
}

# suite_refresh SUITE,... ARCHITECTURE [MINUTES]: asks what the suites have, unless
# that was done less than MINUTES (a day) ago. False: nothing is known of them.
suite_refresh()
{
	lock "suite-${1//,/+}-$2" suite_refresh_locked "$1" "$2" "${3:-1440}"
}
