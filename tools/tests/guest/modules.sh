#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Modules of the kernel's own, loaded with the ledger on, and there before it: the kernel
# lives, only modules that have to do with mm's have sites, every ledger closes. These are
# those that are known for what they did to the ledger: a last function at the end of a
# page (nfs_acl, md_mod, nf_dup_ipv4, nf_socket_ipv4), hundreds of atomics that are no
# counter of an mm (btrfs, ceph, nf_conntrack, ib_core), static per-CPU memory (rds,
# lockd, nfsd), and those that do hold mm's (kvm, vhost).
#
# modules: nfs nfs_acl nfsd lockd sunrpc md_mod raid1 nf_conntrack nf_nat nf_dup_ipv4
# modules: nf_socket_ipv4 btrfs ceph kvm vhost vhost_net tun
# modules: drm ib_core ib_uverbs snd bluetooth rds rds_rdma configfs
# timeout: 300

. "${0%/*}/common"
. "${0%/*}/ledger-common"
. "${0%/*}/modules-common"

# load_quickly: loads them, and says in how many seconds.
load_quickly()
{
	load_began=$(cut -d ' ' -f 1 /proc/uptime)
	load_modules
	awk -v began="$load_began" '{ printf "%.2f", $1 - began }' /proc/uptime
	unload_modules
}

choose_modules
modules_and_ledger modules 20
# For whoever wants to know; a clock in an emulator is no assertion's.
if [ "$(rounds 1 0)" = 1 ]; then
	without=$(load_quickly)
	load
	set_ledger 1
	echo "  all of them loaded in $without s, with the ledger on in $(load_quickly) s"
fi
