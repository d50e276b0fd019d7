#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# As modules.sh, with every module that the kernel has.
#
# boot: memory=6G modules=all
# kernels: 6.12-generic
# release: four thousand modules take long where they are emulated
# timeout: 5400

. "${0%/*}/common"
. "${0%/*}/ledger-common"
. "${0%/*}/modules-common"

choose_modules
modules_and_ledger modules-all 2000
