#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A counter that lies where mm_count lies in an mm and is none: a site that is hit 1,000
# times and never at an mm is let go, probes says so, and it is tried again when the
# ledger comes on anew. A module that is named is searched whole.

. "${0%/*}/common"
. "${0%/*}/ledger-common"

# The row of the site, without its label.
site_of_stranger()
{
	awk '$5 ~ /^mmscope_test:stranger_goes_up/' "$debugfs/probes"
}

is_let_go()
{
	[ "$(site_of_stranger | awk '{ print $2 }')" = left_alone ]
}

load_helper
load_with modules=mmscope_test
set_ledger 1
equal "ledger-stranger: there is a site" attached \
	"$(site_of_stranger | awk '{ print $2 }')" "$debugfs/probes"
echo 500 >"$helper/stranger" || give_up "stranger 500"
equal "ledger-stranger: hit 500 times it stays" "attached 500" \
	"$(site_of_stranger | awk '{ print $2, $6 }')" "$debugfs/probes"
rmmod mmscope_test || give_up "rmmod mmscope_test"
load_helper
equal "ledger-stranger: when the module comes again it is there again" attached \
	"$(site_of_stranger | awk '{ print $2 }')" "$debugfs/probes"
echo 100000 >"$helper/stranger" || give_up "stranger 100000"
if wait_until 20 is_let_go; then
	ok "ledger-stranger: hit so often it is let go"
else
	not_ok "ledger-stranger: hit so often it is let go" "it is not" "$debugfs/probes"
fi
equal "ledger-stranger: probes says why" 1 \
	"$(site_of_stranger | grep -c 'never at an mm')" "$debugfs/probes"
hits=$(site_of_stranger | awk '{ print $6 }')
echo 1000 >"$helper/stranger" || give_up "stranger 1000"
equal "ledger-stranger: it is hit no more" "$hits" \
	"$(site_of_stranger | awk '{ print $6 }')" "$debugfs/probes"
everything_closes ledger-stranger
set_ledger 0
set_ledger 1
equal "ledger-stranger: the ledger anew tries it again" "attached 0" \
	"$(site_of_stranger | awk '{ print $2, $6 }')" "$debugfs/probes"
unload
rmmod mmscope_test
