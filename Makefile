# SPDX-License-Identifier: GPL-2.0-only
#
# `make help` lists what there is. Building the module itself is in Kbuild, the
# kernel lab in scripts/; this only calls them.

# The kernel to build for: the running one.
KDIR ?= /lib/modules/$(shell uname -r)/build
# Parameters of the module for `make load`.
PARAMS ?=
# For `make selftest`: only these rows.
ROWS ?=
# For `make install`; PREFIX does not concern the module.
PREFIX ?= /usr/local
DESTDIR ?=
# For the lab's targets; see scripts/lab/kernels.
KERNEL ?=
CPUS ?=
TESTS ?=

SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)
# scripts/lab has its own rules for what may run side by side.
MAKEFLAGS += --no-print-directory

all: module reader ## the module for the running kernel, and the reader

module: ## mmscope.ko for the running kernel, or KDIR=
	@MAKE='$(MAKE)' scripts/build-module '$(KDIR)'

reader: ## the program mmscope
	$(MAKE) -C tools/mmscope

load: ## build and load the module; PARAMS="enable=1 ring_kib=4096"
	@MAKE='$(MAKE)' scripts/build-module --to-load '$(KDIR)'
	@scripts/load-module mmscope.ko $(PARAMS)

unload: ## unload it
	$(SUDO) rmmod mmscope

install: all ## reader, manual pages and module; PREFIX=, DESTDIR=
	$(MAKE) -C tools/mmscope install PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'
	@MAKE='$(MAKE)' scripts/install-module '$(KDIR)' '$(DESTDIR)'

uninstall: ## take away what install put there
	$(MAKE) -C tools/mmscope uninstall PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'
	@scripts/install-module --remove '$(KDIR)' '$(DESTDIR)'

deb: ## Debian packages of the reader and of the module, for dkms, into dist/
	@scripts/deb

selftest: ## what the textbooks say, tried on this machine; asks first; ROWS=
	@MAKE='$(MAKE)' scripts/selftest '$(KDIR)' $(ROWS)

demo: ## a tour on a stock kernel in QEMU; KERNEL=, CPUS=
	@scripts/demo $(if $(KERNEL),--kernel $(KERNEL)) $(if $(CPUS),--cpus $(CPUS))

check: ## all tests, on each stock kernel; KERNEL=, CPUS=, TESTS="NAME..."
	@scripts/check $(if $(KERNEL),--kernel $(KERNEL)) \
		$(if $(CPUS),--cpus $(CPUS)) $(TESTS)

check-release: ## every test there is, of all kernels, packages, mutations: hours
	@scripts/check --target check-release $(if $(KERNEL),--kernel $(KERNEL)) \
		$(if $(CPUS),--cpus $(CPUS)) $(TESTS)

check-arm64: ## the same on arm64's kernels, with and without LSE atomics
	@scripts/check --target check-arm64 $(if $(KERNEL),--kernel $(KERNEL)) \
		$(if $(CPUS),--cpus $(CPUS)) $(TESTS)

check-debug: ## the same on a kernel with KASAN, lockdep and more; builds it first
	@scripts/check --target check-debug $(if $(CPUS),--cpus $(CPUS)) $(TESTS)

check-packages: ## make install and the packages: there and away again; part of check-release
	@scripts/check-install
	@scripts/check-packages

check-mutations: ## modules that are wrong on purpose, and what notices each; KERNEL=
	@scripts/check-mutations $(if $(KERNEL),--kernel $(KERNEL))

check-reader-mutations: ## readers that are wrong on purpose, likewise; a minute or two
	@scripts/check-reader-mutations

docs: ## Documentation's output of real runs, made anew
	@scripts/update-docs

shell: ## a shell in a stock kernel with everything loaded in; KERNEL=, CPUS=
	@scripts/lab/boot --shell $(if $(KERNEL),--kernel $(KERNEL)) \
		$(if $(CPUS),--cpus $(CPUS))

bench: ## what each tracer costs, in instructions; KERNEL=, HW=1: time, with KVM
	@scripts/bench $(if $(KERNEL),--kernel $(KERNEL)) $(if $(HW),--hw)

bench-scaling: ## what a record costs as everything around it grows; KERNEL=, HW=1
	@scripts/bench --scaling $(if $(KERNEL),--kernel $(KERNEL)) $(if $(HW),--hw)

count: ## each instruction that recording takes, and what it is for; KERNEL=
	@scripts/count $(if $(KERNEL),--kernel $(KERNEL))

clean: ## remove what was built here
	rm -f *.ko *.o *.mod *.mod.c .*.cmd Module.symvers modules.order
	find module '(' -name '*.o' -o -name '.*.cmd' -o -name '.*.d' ')' -delete
	rm -rf .tmp_versions dist
	$(MAKE) -C tools/mmscope clean
	$(MAKE) -C tools/workload clean
	$(MAKE) -C tools/bench clean
	$(MAKE) -C tools/tests/unit clean

distclean: clean ## and the lab's kernels and builds in ~/.cache/mmscope
	rm -rf "$${MMSCOPE_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/mmscope}"

help: ## this list
	@echo 'make [TARGET] [VARIABLE=VALUE...]'
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/    \1	\2/p' Makefile | expand -t 20
	@echo 'Kernels of the lab: $(shell sed "s/\#.*//" scripts/lab/kernels | \
		awk "NF { print \$$1 }" | xargs); Documentation/lab.md says more.'

.PHONY: all module reader load unload install uninstall deb selftest demo check \
	check-release check-arm64 check-debug check-packages check-mutations check-reader-mutations docs shell bench \
	bench-scaling count clean distclean help
