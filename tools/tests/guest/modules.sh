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
# modules: nfs nfs_acl nfsd lockd sunrpc md_mod raid1 nf_* btrfs ceph kvm vhost vhost_net tun
# modules: drm ib_core ib_uverbs snd bluetooth rds rds_rdma configfs
# timeout: 300

. "${0%/*}/common"
. "${0%/*}/ledger-common"
. "${0%/*}/modules-common"

# time_of FILE: seconds for these to load; what has mm's is loaded beforehand.
load_quickly()
{
	load_began=$(cut -d ' ' -f 1 /proc/uptime)
	load_modules
	awk -v began="$load_began" '{ printf "%.2f", $1 - began }' /proc/uptime
}

choose_modules
modules_and_ledger modules 20
load_quickly >"$scratch/without"
unload_modules
load
set_ledger 1
load_quickly >"$scratch/with"
unload_modules
unload
echo "  all of them loaded in $(cat "$scratch/without") s, with the ledger on in" \
	"$(cat "$scratch/with") s"
