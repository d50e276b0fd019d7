#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A process exits on one CPU while another CPU still borrows its mm: dead with a
# count left, then freed by that borrower's return and nobody else's (but that of
# threads that the kernel lets go before the next user).
#
# cpus: 2

. "${0%/*}/common"

# last_loan KTHREAD: of the wanted mm on CPU 1: whose it was, whether the thread had it, and
# who had it at last. Another kernel thread may have come to that CPU before or after.
last_loan()
{
	records '
	mm != wanted || cpu != 1 { next }
	type == "lazy_borrow" { lender = field("lender"); had = 0 }
	type == "lazy_borrow" || type == "lazy_handoff" {
		last = field("borrower")
		had += last == kthread
	}
	END { print lender, (had > 0), last }' wanted="$mm" kthread="$1"
}

leave_cpu_1
load
load_helper
late=$(difference mm_free_late_ns)

# By a kernel thread that was there at the moment of death.
record mm-workload borrowed-exit
victim=$(truth_of pid what=exited)
kthread=$(truth_of kthread what=spin | head -n 1)
mm=$(mm_of "$victim")
last_loan "$kthread" >"$scratch/loan"
read -r lender had borrower <"$scratch/loan"
equal "exit-borrowed: the thread borrowed it from the process" \
	"$victim 1" "$lender $had" "$events"
# Its users' own, the kernel thread's, and the exiting task's own loan.
equal "exit-borrowed: mm_dead with a count left" "0 3" "$(records '
	type == "mm_dead" && mm == wanted { print field("users"), field("count") }' \
	wanted="$mm")" "$events"
equal "exit-borrowed: mm_free names the borrower" "context_switch $borrower 1" \
	"$(records 'type == "mm_free" && mm == wanted {
		print how, field("dropper"), cpu }' wanted="$mm")" "$events"
equal "exit-borrowed: which is no user" "" "$(cat "/proc/$borrower/cmdline" 2>/dev/null)"
within "exit-borrowed: freed only after the thread let go" \
	"$(truth_of at_ns what=exited)" $(($(truth_of at_ns what=done) + late)) \
	"$(records 'type == "mm_free" && mm == wanted { print ns }' wanted="$mm")" \
	"$truth"

# By the idle task, and looked at meanwhile.
start_recording
hold idle-exit
cat "$debugfs/mms" >"$scratch/mms"
cat "$debugfs/borrows" >"$scratch/borrows"
release
stop_recording
take_events
victim=$(truth_of pid what=exited)
mm=$(mm_of "$victim")
# Another process may just be dying too: the dead are first, whichever.
equal "exit-borrowed: mms shows it among the first, dead, and who borrows it" \
	"$mm dead 0 1 $victim" "$(awk -v mm="$mm" '
	!/^#/ && $2 != "dead" { exit }
	$1 == mm { print $1, $2, $3, $7, $11 }' "$scratch/mms")" "$scratch/mms"
equal "exit-borrowed: borrows shows it on CPU 1" "$mm" \
	"$(awk '$1 == 1 { print $2 }' "$scratch/borrows")" "$scratch/borrows"
records 'type == "mm_free" && mm == wanted { print how, cpu, ns }' \
	wanted="$mm" >"$scratch/free"
equal "exit-borrowed: freed by a return on CPU 1" "context_switch 1" \
	"$(cut -d ' ' -f 1-2 "$scratch/free")" "$events"
within "exit-borrowed: freed when a user came to CPU 1, not before" \
	"$(truth_of at_ns what=exited)" $(($(truth_of at_ns what=visited) + late)) \
	"$(cut -d ' ' -f 3 "$scratch/free")" "$truth"
