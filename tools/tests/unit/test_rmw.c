// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_rmw.c - which instructions move a counter: bytes from the text of Debian's
 * 6.1 and 6.12 (x86), and what the assembler made of the kernel's macros (arm64)
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/rmw.h"

#define NONE MMSCOPE_RMW_NO_REGISTER
#define ADD MMSCOPE_RMW_ADD_CONSTANT
#define ADD_REG MMSCOPE_RMW_ADD_REGISTER
#define SUB_REG MMSCOPE_RMW_SUB_REGISTER
#define CMPXCHG MMSCOPE_RMW_CMPXCHG

struct known {
	const char *text;
	size_t size;
	struct mmscope_rmw rmw;
};

#define BYTES(bytes) bytes, sizeof(bytes) - 1

/* length, kind, base, operand, expected, previous, addend, displacement, after */
static const struct known x86_known[] = {
	/* lock incl 0x54(%rbp) */
	{ BYTES("\xf0\xff\x45\x54"), { 4, ADD, 5, NONE, NONE, NONE, 1, 84 } },
	/* lock decl 0x54(%rdi) */
	{ BYTES("\xf0\xff\x4f\x54"), { 4, ADD, 7, NONE, NONE, NONE, -1, 84 } },
	/* the same on one CPU */
	{ BYTES("\x3e\xff\x4f\x54"), { 4, ADD, 7, NONE, NONE, NONE, -1, 84 } },
	/* lock incl 0x54(%r14) */
	{ BYTES("\xf0\x41\xff\x46\x54"),
	  { 5, ADD, 14, NONE, NONE, NONE, 1, 84 } },
	/* lock incl (%rax): 6.12's mm_count */
	{ BYTES("\xf0\xff\x00"), { 3, ADD, 0, NONE, NONE, NONE, 1, 0 } },
	/* lock incl 0x0(%r13): r13 cannot do without a displacement */
	{ BYTES("\xf0\x41\xff\x45\x00"),
	  { 5, ADD, 13, NONE, NONE, NONE, 1, 0 } },
	/* lock decl (%r12): r12 cannot do without SIB */
	{ BYTES("\xf0\x41\xff\x0c\x24"),
	  { 5, ADD, 12, NONE, NONE, NONE, -1, 0 } },
	/* lock incl 0x84(%rbp): 6.12's mm_users */
	{ BYTES("\xf0\xff\x85\x84\x00\x00\x00"),
	  { 7, ADD, 5, NONE, NONE, NONE, 1, 132 } },
	/* lock addl $0xffffffff,0x54(%rbx) */
	{ BYTES("\xf0\x83\x43\x54\xff"),
	  { 5, ADD, 3, NONE, NONE, NONE, -1, 84 } },
	/* lock subl $0x1,0x58(%rdx) */
	{ BYTES("\xf0\x83\x6a\x58\x01"),
	  { 5, ADD, 2, NONE, NONE, NONE, -1, 88 } },
	/* lock addl $0x12345678,0x84(%rsi) */
	{ BYTES("\xf0\x81\x86\x84\x00\x00\x00\x78\x56\x34\x12"),
	  { 11, ADD, 6, NONE, NONE, NONE, 0x12345678, 132 } },
	/* lock subl $0x80000000,(%rsi): its negative is itself */
	{ BYTES("\xf0\x81\x2e\x00\x00\x00\x80"),
	  { 7, ADD, 6, NONE, NONE, NONE, INT32_MIN, 0 } },
	/* lock add %eax,0x54(%rbx) */
	{ BYTES("\xf0\x01\x43\x54"), { 4, ADD_REG, 3, 0, NONE, NONE, 0, 84 } },
	/* lock sub %r13d,0x58(%rbp) */
	{ BYTES("\xf0\x44\x29\x6d\x58"),
	  { 5, SUB_REG, 5, 13, NONE, NONE, 0, 88 } },
	/* lock xadd %esi,0x54(%rdi) */
	{ BYTES("\xf0\x0f\xc1\x77\x54"), { 5, ADD_REG, 7, 6, NONE, 6, 0, 84 } },
	/* lock xadd %eax,0x84(%r12) */
	{ BYTES("\xf0\x41\x0f\xc1\x84\x24\x84\x00\x00\x00"),
	  { 10, ADD_REG, 12, 0, NONE, 0, 0, 132 } },
	/* lock xadd %eax,-0x30(%rbx) */
	{ BYTES("\xf0\x0f\xc1\x43\xd0"),
	  { 5, ADD_REG, 3, 0, NONE, 0, 0, -48 } },
	/* lock cmpxchg %ecx,0x84(%rdx) */
	{ BYTES("\xf0\x0f\xb1\x8a\x84\x00\x00\x00"),
	  { 8, CMPXCHG, 2, 1, 0, 0, 0, 132 } },
	/* the same on one CPU */
	{ BYTES("\x3e\x0f\xb1\x8a\x84\x00\x00\x00"),
	  { 8, CMPXCHG, 2, 1, 0, 0, 0, 132 } },
};

static const struct known x86_unknown[] = {
	/* incl 0x54(%rbp), without LOCK: no atomic */
	{ BYTES("\xff\x45\x54\x90\x90"), { 0 } },
	/* lock addl $0x0,-0x4(%rsp): smp_mb() */
	{ BYTES("\xf0\x83\x44\x24\xfc\x00"), { 0 } },
	/* lock addl $0x0,0x54(%rbx) */
	{ BYTES("\xf0\x83\x43\x54\x00"), { 0 } },
	/* lock incq 0x58(%rbx), lock add %rax,0x48(%rbp): 64 bits */
	{ BYTES("\xf0\x48\xff\x43\x58"), { 0 } },
	{ BYTES("\xf0\x48\x01\x45\x48"), { 0 } },
	/* lock xadd %eax,0x21f04d9(%rip) */
	{ BYTES("\xf0\x0f\xc1\x05\xd9\x04\x1f\x02"), { 0 } },
	/* lock incl 0x12345678: SIB without base */
	{ BYTES("\xf0\xff\x04\x25\x78\x56\x34\x12"), { 0 } },
	/* lock add %edx,(%rcx,%rax,1), lock add %edx,(%rcx,%r12,1) */
	{ BYTES("\xf0\x01\x14\x01"), { 0 } },
	{ BYTES("\xf0\x42\x01\x14\x21"), { 0 } },
	/* lock orl $0x1,0x54(%rbx), lock andl %eax,0x54(%rbx) */
	{ BYTES("\xf0\x83\x4b\x54\x01"), { 0 } },
	{ BYTES("\xf0\x21\x43\x54"), { 0 } },
	/* ds call *0x54(%rbx); push */
	{ BYTES("\x3e\xff\x53\x54"), { 0 } },
	{ BYTES("\x3e\xff\x73\x54"), { 0 } },
	/* ds inc %ecx: a register */
	{ BYTES("\x3e\xff\xc1"), { 0 } },
	/* lock btsl $0x1,0x54(%rbx), lock cmpxchg8b */
	{ BYTES("\xf0\x0f\xba\x6b\x54\x01"), { 0 } },
	{ BYTES("\xf0\x0f\xc7\x4b\x54"), { 0 } },
	/* lock addw $0x1,0x54(%rbx) */
	{ BYTES("\x66\xf0\x83\x43\x54\x01"), { 0 } },
};

#define WORDS(words) \
	(const char *)(const __u32[]){ words }, sizeof((const __u32[]){ words })
#define COMMA ,

static const struct known arm64_known[] = {
	/* stadd w1, [x0]: mmget, mmgrab */
	{ WORDS(0xb821001f), { 4, ADD_REG, 0, 1, NONE, NONE, 0, 0 } },
	/* ldaddal w2, w1, [x19]: mmput */
	{ WORDS(0xb8e20261), { 4, ADD_REG, 19, 2, NONE, 1, 0, 0 } },
	/* cas w1, w2, [x3]; casal w0, w4, [x21] */
	{ WORDS(0x88a17c62), { 4, CMPXCHG, 3, 2, 1, 1, 0, 0 } },
	{ WORDS(0x88e0fea4), { 4, CMPXCHG, 21, 4, 0, 0, 0, 0 } },
	/* prfm; ldxr w1, [x0]; add w1, w1, #1; stxr w2, w1, [x0]; cbnz */
	{ WORDS(0xf9800011 COMMA 0x885f7c01 COMMA 0x11000421 COMMA 0x88027c01 COMMA 0x35ffffa2),
	  { 4, ADD, 0, NONE, NONE, NONE, 1, 0 } },
	/* prfm; ldxr w1, [x0]; sub w1, w1, #1; stxr w2, w1, [x0]; cbnz */
	{ WORDS(0xf9800011 COMMA 0x885f7c01 COMMA 0x51000421 COMMA 0x88027c01 COMMA 0x35ffffa2),
	  { 4, ADD, 0, NONE, NONE, NONE, -1, 0 } },
	/* prfm; ldxr w0, [x19]; sub w0, w0, w1; stlxr w3, w0, [x19]; cbnz */
	{ WORDS(0xf9800271 COMMA 0x885f7e60 COMMA 0x4b010000 COMMA 0x8803fe60 COMMA 0x35ffffa3),
	  { 4, SUB_REG, 19, 1, NONE, NONE, 0, 0 } },
	/* prfm; ldxr w1, [x0]; add w5, w1, w7; stxr w2, w5, [x0]; cbnz */
	{ WORDS(0xf9800011 COMMA 0x885f7c01 COMMA 0x0b070025 COMMA 0x88027c05 COMMA 0x35ffffa2),
	  { 4, ADD_REG, 0, 7, NONE, NONE, 0, 0 } },
	/* prfm; ldxr w2, [x21]; eor w3, w2, w0; cbnz w3; stlxr w3, w1, [x21] */
	{ WORDS(0xf98002b1 COMMA 0x885f7ea2 COMMA 0x4a000043 COMMA 0x35000063 COMMA 0x8803fea1),
	  { 4, CMPXCHG, 21, 1, 0, 2, 0, 0, 24 } },
};

static const struct known arm64_unknown[] = {
	/* stadd wzr, [x0] */
	{ WORDS(0xb83f001f), { 0 } },
	/* stadd x1, [x0]; cas x1, x2, [x3]: 64 bits; caspal */
	{ WORDS(0xf821001f), { 0 } },
	{ WORDS(0xc8a17c62), { 0 } },
	{ WORDS(0x4860fc82), { 0 } },
	/* swp w1, w2, [x0]; stset w1, [x0] */
	{ WORDS(0xb8218002), { 0 } },
	{ WORDS(0xb821301f), { 0 } },
	/* another prefetch, one with an offset, one with nothing after it */
	{ WORDS(0xf9800000 COMMA 0x885f7c01 COMMA 0x11000421 COMMA 0x88027c01),
	  { 0 } },
	{ WORDS(0xf9802011 COMMA 0x885f7c01 COMMA 0x11000421 COMMA 0x88027c01),
	  { 0 } },
	{ WORDS(0xf9800011), { 0 } },
	/* a loop on another word than the prefetch's; of 64 bits */
	{ WORDS(0xf9800011 COMMA 0x885f7e60 COMMA 0x11000421 COMMA 0x88027c01),
	  { 0 } },
	{ WORDS(0xf9800011 COMMA 0xc85f7c01 COMMA 0x11000421 COMMA 0x88027c01),
	  { 0 } },
	/* and w1, w1, w2; add w1, w3, #1; add w1, w1, #1, lsl #12 in it */
	{ WORDS(0xf9800011 COMMA 0x885f7c01 COMMA 0x0a020021 COMMA 0x88027c01),
	  { 0 } },
	{ WORDS(0xf9800011 COMMA 0x885f7c01 COMMA 0x11000461 COMMA 0x88027c01),
	  { 0 } },
	{ WORDS(0xf9800011 COMMA 0x885f7c01 COMMA 0x11400421 COMMA 0x88027c01),
	  { 0 } },
};

typedef bool decode_fn(const __u8 *text, size_t length,
		       struct mmscope_rmw *rmw);

/* Field by field: padding does not count. */
static void assert_rmw(const struct known *known, const struct mmscope_rmw *got)
{
	assert_int_equal(got->length, known->rmw.length);
	assert_int_equal(got->kind, known->rmw.kind);
	assert_int_equal(got->base, known->rmw.base);
	assert_int_equal(got->operand, known->rmw.operand);
	assert_int_equal(got->expected, known->rmw.expected);
	assert_int_equal(got->previous, known->rmw.previous);
	assert_int_equal(got->addend, known->rmw.addend);
	assert_int_equal(got->displacement, known->rmw.displacement);
	assert_int_equal(got->after, known->rmw.after);
}

/* With what follows, and when nothing does: not a byte more may be looked at. */
static void check_known(decode_fn *decode, const struct known *known)
{
	struct mmscope_rmw rmw;
	__u8 text[64];
	__u8 *exact;
	size_t size;

	memset(text, 0x90, sizeof(text));
	memcpy(text, known->text, known->size);
	memset(&rmw, 0x55, sizeof(rmw));
	assert_true(decode(text, sizeof(text), &rmw));
	assert_rmw(known, &rmw);
	/* On the heap, where a sanitizer and valgrind see every byte's end. */
	for (size = 0; size <= known->size; size++) {
		exact = malloc(size ? size : 1);
		assert_non_null(exact);
		memcpy(exact, known->text, size);
		if (decode(exact, size, &rmw))
			assert_rmw(known, &rmw);
		else
			assert_true(size < known->size);
		free(exact);
	}
}

static void check_unknown(decode_fn *decode, const struct known *known)
{
	struct mmscope_rmw rmw;

	assert_false(decode((const __u8 *)known->text, known->size, &rmw));
}

#define CHECK_ALL(check, decode, list)                                    \
	do {                                                              \
		size_t i_;                                                \
                                                                          \
		for (i_ = 0; i_ < sizeof(list) / sizeof((list)[0]); i_++) \
			check(decode, &(list)[i_]);                       \
	} while (0)

static void test_x86(void **state)
{
	(void)state;
	CHECK_ALL(check_known, mmscope_rmw_decode_x86, x86_known);
}

static void test_x86_others(void **state)
{
	(void)state;
	CHECK_ALL(check_unknown, mmscope_rmw_decode_x86, x86_unknown);
}

static void test_arm64(void **state)
{
	(void)state;
	CHECK_ALL(check_known, mmscope_rmw_decode_arm64, arm64_known);
}

static void test_arm64_others(void **state)
{
	(void)state;
	CHECK_ALL(check_unknown, mmscope_rmw_decode_arm64, arm64_unknown);
}

/* Whatever the text is, no more of it is read than there is. */
static void test_any_bytes(void **state)
{
	struct mmscope_rmw rmw;
	__u32 random = 1;
	unsigned int i, j;
	__u8 *text;

	(void)state;
	for (i = 0; i < 200000; i++) {
		size_t size = 1 + i % MMSCOPE_RMW_MAX_LENGTH;

		text = malloc(size);
		assert_non_null(text);
		for (j = 0; j < size; j++) {
			random = random * 1664525 + 1013904223;
			text[j] = random >> 24;
		}
		text[0] = i & 1 ? 0xf0 : 0x3e;
		if (mmscope_rmw_decode_x86(text, size, &rmw)) {
			assert_in_range(rmw.length, 3, size);
			assert_in_range(rmw.base, 0, 15);
		}
		text[0] = 0x11;
		mmscope_rmw_decode_arm64(text, size, &rmw);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x86),
		cmocka_unit_test(test_x86_others),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_arm64_others),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
