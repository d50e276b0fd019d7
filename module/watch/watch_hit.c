// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_hit.c - handler of a hardware watchpoint: which instruction has changed
 * mm_users or mm_count, and by how much
 *
 * The counter itself says little: by the time the handler looks at it other CPUs
 * may have changed it too. What the instruction does is exact. Both ways to here
 * are NMIs as far as locking goes: no lock, no printing, and the mm is not followed.
 */
#include <linux/hw_breakpoint.h>
#include <linux/kprobes.h>
#include <linux/mm_types.h>
#include <linux/perf_event.h>
#include <linux/uaccess.h>
#ifdef CONFIG_ARM64
#include <asm/cpufeature.h>
#endif

#include "base/rmw_decode.h"
#include "base/rmw_regs.h"
#include "watch/watch_hit.h"
#include "watch/watch_log.h"

static enum mmscope_counter counter_of(const struct mmscope_watch *watch,
				       const struct perf_event *event)
{
	atomic_t *users = mmscope_counter_of(watch->mm, MMSCOPE_USERS);

	return event->attr.bp_addr == (unsigned long)users ? MMSCOPE_USERS :
							     MMSCOPE_COUNT;
}
NOKPROBE_SYMBOL(counter_of);

#ifdef CONFIG_X86
#include <asm/processor-flags.h>
#include <asm/pgtable_64_types.h>

/* The longest instruction that rmw.h knows, and more than a jump back is away. */
#define BEFORE 16
#define AFTER 24

#define INT3 0xcc
#define JUMP 0xe9
#define JUMP_LENGTH 5
/* A probe's buffer begins with some 200 bytes that save the registers. */
#define BUFFER_MAX 1024

static unsigned long jump_target(const u8 *jump, unsigned long address)
{
	s32 distance;

	memcpy(&distance, jump + 1, sizeof(distance));
	return address + JUMP_LENGTH + distance;
}
NOKPROBE_SYMBOL(jump_target);

/*
 * Whether the instruction at @address, executed at @copy, has been moved there by
 * a kprobe: either only its first byte has changed, or a jump that leads right
 * before the copy lies over it.
 */
static bool was_moved(unsigned long address, unsigned long copy, u8 length)
{
	u8 text[BEFORE + AFTER], copied[BEFORE];
	unsigned int i;

	if (copy_from_kernel_nofault(text, (void *)(address - BEFORE),
				     sizeof(text)) ||
	    copy_from_kernel_nofault(copied, (void *)copy, length))
		return false;
	if (text[BEFORE] == INT3)
		return !memcmp(text + BEFORE + 1, copied + 1, length - 1);
	for (i = 0; i <= BEFORE; i++)
		if (text[i] == JUMP &&
		    copy - jump_target(text + i, address - BEFORE + i) <
			    BUFFER_MAX)
			return true;
	return false;
}
NOKPROBE_SYMBOL(was_moved);

/* Our own probes say where the kernel has put their instructions. */
static unsigned long site_of_copy(unsigned long copy, u8 length)
{
	const struct mmscope_site *site;
	unsigned int i;

	for (i = 1; i <= mmscope_nr_sites(); i++) {
		site = mmscope_site(i);
		if ((unsigned long)site->probe.ainsn.insn == copy &&
		    was_moved(site->address, copy, length))
			return site->address;
	}
	return copy;
}
NOKPROBE_SYMBOL(site_of_copy);

/*
 * A kprobe on the instruction has it executed elsewhere, among modules. What was
 * copied there ends with a jump back to where it was copied from, except where the
 * kernel steps over it: then only of our own probes the place is known.
 */
static unsigned long original_address(unsigned long address, u8 length)
{
	unsigned long end = address + length, original;
	u8 text[AFTER];
	unsigned int i;

	if (address < MODULES_VADDR ||
	    copy_from_kernel_nofault(text, (void *)end, sizeof(text)))
		return address;
	for (i = 0; i <= AFTER - JUMP_LENGTH; i++) {
		if (text[i] != JUMP)
			continue;
		original = jump_target(text + i, end + i) - length - i;
		if (was_moved(original, address, length))
			return original;
	}
	return site_of_copy(address, length);
}
NOKPROBE_SYMBOL(original_address);

/*
 * The trap comes after the instruction and tells where the next one is. The right
 * one ends there and addresses the counter.
 */
static bool find_instruction(const struct pt_regs *regs, unsigned long counter,
			     struct mmscope_rmw *rmw)
{
	unsigned int size = BEFORE, start;
	u8 text[BEFORE];

	/* The page before may not be there. */
	if (copy_from_kernel_nofault(text, (void *)(regs->ip - size), size)) {
		size = min_t(unsigned int, BEFORE, offset_in_page(regs->ip));
		if (copy_from_kernel_nofault(text, (void *)(regs->ip - size),
					     size))
			return false;
	}
	for (start = 0; start < size; start++)
		if (mmscope_rmw_decode(text + start, size - start, rmw) &&
		    rmw->length == size - start &&
		    mmscope_rmw_address(rmw, regs) == counter)
			return true;
	return false;
}
NOKPROBE_SYMBOL(find_instruction);

/* What it did, with the registers right after it. */
static bool find_delta(const struct pt_regs *regs,
		       const struct mmscope_rmw *rmw, unsigned long counter,
		       int *delta)
{
	int value;

	if (rmw->kind == MMSCOPE_RMW_CMPXCHG) {
		/* A failed one writes as well: what was there before. */
		*delta = regs->flags & X86_EFLAGS_ZF ?
				 mmscope_rmw_delta(rmw, regs) :
				 0;
		return true;
	}
	if (rmw->previous == MMSCOPE_RMW_NO_REGISTER) {
		*delta = mmscope_rmw_delta(rmw, regs);
		return true;
	}
	/* xadd has overwritten what it added. */
	if (copy_from_kernel_nofault(&value, (void *)counter, sizeof(value)))
		return false;
	*delta = value - mmscope_rmw_previous(rmw, regs);
	return true;
}
NOKPROBE_SYMBOL(find_delta);

static void on_hit(struct perf_event *event, struct perf_sample_data *data,
		   struct pt_regs *regs)
{
	struct mmscope_watch *watch = event->overflow_handler_context;
	unsigned long word = event->attr.bp_addr;
	enum mmscope_counter counter = counter_of(watch, event);
	struct mmscope_rmw rmw;
	int delta = 0;
	bool known;

	if (READ_ONCE(watch->state) != MMSCOPE_WATCH_armed)
		return;
	if (!find_instruction(regs, word, &rmw)) {
		mmscope_watch_log(watch, counter, regs->ip - 1, false, 0);
		return;
	}
	known = find_delta(regs, &rmw, word, &delta);
	if (known && !delta)
		return;
	mmscope_watch_log(watch, counter,
			  original_address(regs->ip - rmw.length, rmw.length),
			  known, delta);
	/* The last one: from here on the memory may be anybody's. */
	if (counter == MMSCOPE_COUNT && known &&
	    rmw.kind != MMSCOPE_RMW_CMPXCHG && regs->flags & X86_EFLAGS_ZF)
		mmscope_watch_end(watch, MMSCOPE_WATCH_freed);
}
NOKPROBE_SYMBOL(on_hit);

/**
 * mmscope_watch_refusal() - why this machine cannot watch; NULL if it can
 */
const char *mmscope_watch_refusal(void)
{
	return NULL;
}

/**
 * mmscope_watch_hits_attach() - what has to be there before the events
 * @watch: the watch
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int mmscope_watch_hits_attach(struct mmscope_watch *watch)
{
	return 0;
}

/**
 * mmscope_watch_hits_detach() - undo mmscope_watch_hits_attach()
 * @watch: the watch; has no events any more
 *
 * Context: may sleep.
 */
void mmscope_watch_hits_detach(struct mmscope_watch *watch)
{
}

#define HIT_HANDLER on_hit

#elif defined(CONFIG_ARM64) && defined(CONFIG_HAVE_HW_BREAKPOINT)
/*
 * The trap comes before the instruction, and only for perf's own handlers does the
 * kernel step over it; with any other the CPU would never get on. So the events
 * have none, and a kprobe sees the call that would have led to it.
 *
 * Left to the step, a change would be told before it is made: an interrupt during
 * the step makes the same instruction trap once more, perhaps on another CPU, and a
 * compare-and-exchange may be forestalled. So it is made here, where debug
 * exceptions are off, and the kernel steps over the instruction behind it.
 */
static bool carry_out(struct pt_regs *regs, const struct mmscope_rmw *rmw,
		      atomic_t *counter, int *delta)
{
	int expected, previous;

	/* All are full barriers, which is more than any of them asks for. */
	*delta = mmscope_rmw_delta(rmw, regs);
	switch (rmw->kind) {
	case MMSCOPE_RMW_ADD_REGISTER:
		previous = atomic_fetch_add(*delta, counter);
		break;
	case MMSCOPE_RMW_CMPXCHG:
		expected = mmscope_rmw_expected(rmw, regs);
		previous = atomic_cmpxchg(counter, expected, expected + *delta);
		if (previous != expected)
			*delta = 0;
		/* As the instruction that is carried out here has, also where it fails. */
		smp_mb();
		break;
	default:
		return false;
	}
	if (rmw->previous != MMSCOPE_RMW_NO_REGISTER)
		pt_regs_write_reg(regs, rmw->previous, (u32)previous);
	regs->pc += rmw->length;
	regs->pstate &= ~PSR_BTYPE_MASK;
	return true;
}
NOKPROBE_SYMBOL(carry_out);

static void on_hit(struct mmscope_watch *watch, struct perf_event *event,
		   struct pt_regs *regs)
{
	enum mmscope_counter counter = counter_of(watch, event);
	unsigned long address = regs->pc;
	u8 text[MMSCOPE_RMW_MAX_LENGTH];
	struct mmscope_rmw rmw;
	int delta = 0;

	if (copy_from_kernel_nofault(text, (void *)address, sizeof(text)) ||
	    !mmscope_rmw_decode(text, sizeof(text), &rmw) ||
	    mmscope_rmw_address(&rmw, regs) != event->attr.bp_addr ||
	    !carry_out(regs, &rmw, mmscope_counter_of(watch->mm, counter),
		       &delta)) {
		mmscope_watch_log(watch, counter, address, false, 0);
		return;
	}
	if (delta)
		mmscope_watch_log(watch, counter, address, true, delta);
}
NOKPROBE_SYMBOL(on_hit);

/* perf_bp_event(event, regs of the trap) */
static int at_hit(struct kprobe *probe, struct pt_regs *regs)
{
	struct mmscope_watch *watch =
		container_of(probe, struct mmscope_watch, at_hit);
	struct perf_event *event =
		(struct perf_event *)regs_get_kernel_argument(regs, 0);

	if (event->attr.type == PERF_TYPE_BREAKPOINT &&
	    event->attr.config == (unsigned long)watch &&
	    READ_ONCE(watch->state) == MMSCOPE_WATCH_armed)
		on_hit(watch, event,
		       (struct pt_regs *)regs_get_kernel_argument(regs, 1));
	return 0;
}
NOKPROBE_SYMBOL(at_hit);

const char *mmscope_watch_refusal(void)
{
	/* A kernel that was built without never has it. */
	if (cpus_have_cap(ARM64_HAS_LSE_ATOMICS))
		return NULL;
	return "without LSE atomics a counter is changed in a loop that a watchpoint would never let end";
}

int mmscope_watch_hits_attach(struct mmscope_watch *watch)
{
	watch->at_hit.symbol_name = "perf_bp_event";
	watch->at_hit.pre_handler = at_hit;
	return register_kprobe(&watch->at_hit);
}

void mmscope_watch_hits_detach(struct mmscope_watch *watch)
{
	unregister_kprobe(&watch->at_hit);
}

#define HIT_HANDLER NULL

#else
const char *mmscope_watch_refusal(void)
{
	return "mmscope knows the watchpoints of x86 and arm64 only";
}

int mmscope_watch_hits_attach(struct mmscope_watch *watch)
{
	return -EOPNOTSUPP;
}

void mmscope_watch_hits_detach(struct mmscope_watch *watch)
{
}

#define HIT_HANDLER NULL
#endif

#ifdef CONFIG_HAVE_HW_BREAKPOINT
/**
 * mmscope_watch_event_create() - a watchpoint on one counter on one CPU
 * @watch: the watch
 * @counter: which counter
 * @cpu: where; online
 *
 * Context: may sleep.
 * Return: the event, or ERR_PTR: -ENOSPC if no register is left.
 */
struct perf_event *mmscope_watch_event_create(struct mmscope_watch *watch,
					      enum mmscope_counter counter,
					      unsigned int cpu)
{
	struct perf_event_attr attr;

	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)mmscope_counter_of(watch->mm, counter);
	attr.bp_len = HW_BREAKPOINT_LEN_4;
	attr.bp_type = HW_BREAKPOINT_W;
	/* For arm64's probe to know it by; the kernel does not use it here. */
	attr.config = (unsigned long)watch;
	return perf_event_create_kernel_counter(&attr, cpu, NULL, HIT_HANDLER,
						watch);
}
#else
struct perf_event *mmscope_watch_event_create(struct mmscope_watch *watch,
					      enum mmscope_counter counter,
					      unsigned int cpu)
{
	return ERR_PTR(-EOPNOTSUPP);
}
#endif
