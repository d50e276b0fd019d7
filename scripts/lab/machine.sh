# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-only
#
# The machine that QEMU is to be for a kernel. To be sourced by boot.

# Models with cx16 crash 6.12 under QEMU 7.2's emulation. The other features are those
# that it does not have and warns about.
emulated_model=Haswell-v4,-cx16,-pcid,-x2apic,-tsc-deadline,-invpcid,-spec-ctrl

# choose_machine: sets qemu, machine and kernel_arguments for the architecture. KVM
# only where it was proved to work, see accel.
choose_machine()
{
	case $arch in
	amd64)
		qemu='qemu-system-x86_64'
		# On a busy host the emulated timer's first ticks can come too
		# late for the check at boot, which then panics. ecdh's test of
		# itself fails in the emulator, and the kernel warns of it (6.1-rt).
		kernel_arguments='console=ttyS0 no_timer_check cryptomgr.notests=1'
		;;
	arm64)
		qemu='qemu-system-aarch64'
		kernel_arguments='console=ttyAMA0'
		;;
	*) die "what machine to emulate for $arch is not known" ;;
	esac
	if native "$arch"; then
		choose_accel
	else
		emulate_foreign
	fi
}

# A model with LSE atomics by default, since most machines have them.
emulate_foreign()
{
	[ "${MMSCOPE_ACCEL:-tcg}" != icount ] ||
		die "instructions are only counted for this machine's architecture"
	# shellcheck disable=SC2054 # commas are QEMU's
	machine=(-M virt,gic-version=3 -accel tcg,thread=single
		-cpu "${cpu_model:-neoverse-n1}")
}

# The older machine, QEMU's own choice, has a table of interrupts (_PRT) that a kernel
# with sanitizers needs half a minute to work out, after which ACPI gives up.
choose_accel()
{
	local answer=${MMSCOPE_ACCEL-}

	[ -n "$answer" ] || answer=$("$lab_dir/accel" "$kernel")
	case $answer in
	kvm) machine=(-M q35 -accel kvm -cpu "${cpu_model:-host}") ;;
	tcg*)
		# With a thread for each CPU it runs stale code where the kernel
		# patches its own: `echo function >current_tracer` in a loop
		# under load ends in "Oops: int3" without mmscope too.
		# shellcheck disable=SC2054 # commas are QEMU's
		machine=(-M q35 -accel tcg,thread=single
			-cpu "${cpu_model:-$emulated_model}")
		[ -n "${MMSCOPE_ACCEL-}" ] ||
			note "no KVM (${answer#tcg }): emulating, which is much slower"
		;;
	icount) count_instructions ;;
	*) usage_error "accel '$answer' is none of kvm, tcg, icount" ;;
	esac
}

# Nothing may depend on the host's clock, nor on chance. A rep instruction is one to
# a CPU with erms and one for each turn to the emulator: the kernel's other loops
# are counted as any CPU would.
count_instructions()
{
	# shellcheck disable=SC2054
	machine=(-accel tcg,thread=single -icount shift=0,sleep=off
		-rtc base=2025-01-01,clock=vm
		-cpu "$emulated_model,-erms")
	append+=(nokaslr mitigations=off tsc=reliable norandmaps
		randomize_kstack_offset=off)
}

# A port for each thing that is to come out, so that none has to be parsed out of
# another.
qemu_arguments()
{
	# oops=panic and panic=-1 with -no-reboot: a kernel that is broken is over.
	arguments=(-nodefaults -no-user-config -no-reboot -display none
		"${machine[@]}" -smp "$cpus" -m "$memory"
		-kernel "$(kernel_dir "$kernel")/vmlinuz" -initrd "$work/initramfs"
		-append "$kernel_arguments oops=panic panic=-1 ${append[*]}"
		-serial "file:$console" -device virtio-serial-pci)
	# nochain: a block that jumps straight to the next one would not be seen to.
	[ -z "$execution_log" ] ||
		arguments+=(-d 'in_asm,exec,nochain' -D "$execution_log"
			-dfilter "$execution_ranges")
	if [ "$shell" = 1 ]; then
		# shellcheck disable=SC2054
		arguments+=(-chardev stdio,id=terminal,mux=on,signal=off
			-device virtconsole,chardev=terminal)
	else
		# shellcheck disable=SC2054
		arguments+=(-chardev file,id=output,path=/dev/stdout
			-device virtserialport,chardev=output,name=output
			-chardev "file,id=results,path=$work/results.tar"
			-device virtserialport,chardev=results,name=results
			-chardev "file,id=status,path=$work/status"
			-device virtserialport,chardev=status,name=status)
	fi
}

