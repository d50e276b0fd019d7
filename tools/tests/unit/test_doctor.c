// SPDX-License-Identifier: GPL-2.0-only
/* test_doctor.c - the checks of `mmscope doctor`, on machines made for it */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "capture_writer.h"
#include "doctor/doctor.h"
#include "module/debugfs.h"

static char *root;

static void make_file(const char *name, const char *text)
{
	char path[512], *slash;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (slash = path + strlen(root) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	write_file(root, name, text, strlen(text));
}

/* A machine where all is well. */
static int setup(void **state)
{
	/* The reader keeps the pointer. */
	static char path[512];

	(void)state;
	root = make_directory();
	make_file(
		"boot/config-6.1.0-test",
		"CONFIG_MODULES=y\nCONFIG_KPROBES=y\nCONFIG_DEBUG_FS=y\nCONFIG_TRACEPOINTS=y\n");
	make_file("proc/self/mounts",
		  "none /sys/kernel/debug debugfs rw,relatime 0 0\n");
	make_file("proc/sys/kernel/ftrace_enabled", "1\n");
	make_file("sys/kernel/security/lockdown",
		  "[none] integrity confidentiality\n");
	make_file("sys/kernel/debug/kprobes/enabled", "1\n");
	make_file("sys/module/mmscope/refcnt", "0\n");
	make_file(
		"debug/mmscope/probes",
		"# point status how kind where hits missed note\n"
		"do_fork attached symbol kretprobe kernel_clone+0x0 12 0 -\n");
	snprintf(path, sizeof(path), "%s/debug/mmscope", root);
	write_metadata(path);
	debugfs_use(path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_directory(root);
	return 0;
}

/* What the doctor says, and with which status. */
static char *visit(bool is_root, int *status)
{
	struct doctor doctor = { .root = root, .release = "6.1.0-test" };
	char path[512];
	int saved = dup(STDOUT_FILENO);
	char *text;

	snprintf(path, sizeof(path), "%s/said", root);
	fflush(stdout);
	assert_non_null(freopen(path, "w", stdout));
	*status = doctor_run(&doctor, is_root, false);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	text = read_whole(path, NULL);
	assert_non_null(text);
	return text;
}

static void assert_problem(const char *said)
{
	int status;
	char *text = visit(true, &status);

	if (!strstr(text, said))
		fail_msg("lacks '%s': %s", said, text);
	assert_int_equal(status, STATUS_TROUBLE);
	free(text);
}

static void test_a_healthy_machine(void **state)
{
	int status;
	char *text = visit(true, &status);

	(void)state;
	if (status || strstr(text, "problem"))
		fail_msg("%s", text);
	free(text);
}

static void assert_unknown(const char *name, const char *said)
{
	char path[512], *text;
	int status;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(remove(path), 0);
	text = visit(true, &status);
	if (!strstr(text, said))
		fail_msg("without %s: lacks '%s': %s", name, said, text);
	/* That it is not known is not that something is wrong. */
	assert_int_equal(status, 0);
	free(text);
}

/* What cannot be read is not said to be well. */
static void test_what_cannot_be_seen(void **state)
{
	(void)state;
	assert_unknown("sys/kernel/security/lockdown",
		       "lockdown       unknown  /sys/kernel/security/lockdown cannot be read");
	assert_unknown("sys/kernel/debug/kprobes/enabled",
		       "kprobes        unknown  /sys/kernel/debug/kprobes/enabled cannot be read");
	assert_unknown("proc/sys/kernel/ftrace_enabled",
		       "ftrace         unknown  /proc/sys/kernel/ftrace_enabled cannot be read");
	assert_unknown("boot/config-6.1.0-test",
		       "configuration  unknown  not to be seen here");
	assert_unknown("proc/self/mounts",
		       "debugfs        unknown  /proc/self/mounts cannot be read");
	assert_unknown("debug/mmscope/probes", "probes         unknown  ");
}

static void test_not_root(void **state)
{
	int status;
	char *text = visit(false, &status);

	(void)state;
	assert_non_null(strstr(text, "run it with sudo"));
	assert_int_equal(status, STATUS_TROUBLE);
	free(text);
}

static void test_lockdown(void **state)
{
	(void)state;
	make_file("sys/kernel/security/lockdown",
		  "none [integrity] confidentiality\n");
	assert_problem("locked down");
	make_file("sys/kernel/security/lockdown",
		  "none integrity [confidentiality]\n");
	assert_problem("locked down");
}

static void test_configuration(void **state)
{
	(void)state;
	make_file(
		"boot/config-6.1.0-test",
		"CONFIG_MODULES=y\n# CONFIG_KPROBES is not set\nCONFIG_DEBUG_FS=y\nCONFIG_TRACEPOINTS=y\n");
	assert_problem("without CONFIG_KPROBES=y");
}

static void test_ftrace_switched_off(void **state)
{
	(void)state;
	make_file("proc/sys/kernel/ftrace_enabled", "0\n");
	assert_problem("sysctl kernel.ftrace_enabled=1");
}

static void test_debugfs_not_mounted(void **state)
{
	(void)state;
	make_file("proc/self/mounts", "proc /proc proc rw 0 0\n");
	assert_problem("mount -t debugfs");
}

static void unload(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/sys/module/mmscope/refcnt", root);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void test_module_not_loaded(void **state)
{
	(void)state;
	unload();
	assert_problem("install linux-headers-6.1.0-test");
	assert_problem("make load in the source tree");
	make_file(
		"lib/modules/6.1.0-test/modules.dep",
		"updates/mmscope_test.ko:\nkernel/fs/ext4.ko.xz: kernel/mbcache.ko.xz\n");
	assert_problem("make load in the source tree");
	make_file("lib/modules/6.1.0-test/modules.dep",
		  "kernel/fs/ext4.ko.xz:\nupdates/dkms/mmscope.ko.xz:\n");
	assert_problem("modprobe mmscope");
}

static void make_headers(const char *release, const char *compiler)
{
	char text[256];

	make_file("lib/modules/6.1.0-test/build/Makefile", "");
	snprintf(text, sizeof(text), "#define UTS_RELEASE \"%s\"\n", release);
	make_file("lib/modules/6.1.0-test/build/include/generated/utsrelease.h",
		  text);
	snprintf(
		text, sizeof(text),
		"CONFIG_KPROBES=y\nCONFIG_CC_VERSION_TEXT=\"%s (Debian) 12.2.0\"\n",
		compiler);
	make_file("lib/modules/6.1.0-test/build/.config", text);
}

static void make_program(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "usr/bin/%s", name);
	make_file(path, "");
	snprintf(path, sizeof(path), "%s/usr/bin/%s", root, name);
	chmod(path, 0755);
}

static void test_what_builds_it(void **state)
{
	(void)state;
	unload();
	setenv("PATH", "/usr/local/bin:/usr/bin", 1);
	make_headers("6.1.0-other", "gcc-12");
	assert_problem("are of 6.1.0-other: install linux-headers-6.1.0-test");
	make_headers("6.1.0-test", "gcc-12");
	assert_problem("install the package make");
	make_program("make");
	assert_problem("no gcc, which modules");
	make_program("gcc");
	assert_problem("gcc is here");
	make_file("lib/modules/6.1.0-test/build/.kernelvariables",
		  "CC = gcc-12\n");
	assert_problem(
		"no gcc-12, which modules for this kernel are built with: install the package gcc-12");
	make_program("gcc-12");
	assert_problem("gcc-12 is here");
}

static void test_installed_for_another(void **state)
{
	(void)state;
	unload();
	make_file("lib/modules/6.12.0-next/modules.dep",
		  "updates/dkms/mmscope.ko:\n");
	assert_problem("installed for 6.12.0-next only, and 6.1.0-test runs");
	make_file("var/lib/dkms/mmscope/0.1/source", "");
	assert_problem("dkms autoinstall -k 6.1.0-test");
}

/* An installed module with these words in it, and its last ones. */
static void make_module(const char *release, const char *end)
{
	static const char begin[] = "\x7f"
				    "ELF\0license=GPL\0vermagic=";
	char text[512];
	size_t size = sizeof(begin) - 1;

	memcpy(text, begin, size);
	size += snprintf(text + size, sizeof(text) - size,
			 "%s SMP mod_unload%c%s", release, '\0', end);
	write_file(root, "lib/modules/6.1.0-test/mmscope.ko", text, size);
}

static void test_built_for_another(void **state)
{
	(void)state;
	unload();
	make_file("lib/modules/6.1.0-test/modules.dep", "mmscope.ko:\n");
	make_module("6.12.0-next", "");
	assert_problem(
		"mmscope.ko was built for 6.12.0-next, but 6.1.0-test runs");
	make_module("6.1.0-test", "");
	assert_problem("modprobe mmscope");
}

static void test_signatures(void **state)
{
	(void)state;
	make_file("sys/module/module/parameters/sig_enforce", "Y\n");
	test_a_healthy_machine(state);
	unload();
	assert_problem("sign mmscope.ko with a key that it trusts");
	make_file("lib/modules/6.1.0-test/modules.dep", "mmscope.ko:\n");
	make_module("6.1.0-test", "");
	assert_problem("/lib/modules/6.1.0-test/mmscope.ko is not signed");
	make_module("6.1.0-test", "~Module signature appended~\n");
	assert_problem("is signed; if its key is rejected");
	make_file("lib/modules/6.1.0-test/modules.dep", "mmscope.ko.xz:\n");
	assert_problem(
		"whether /lib/modules/6.1.0-test/mmscope.ko.xz is signed");
}

static void test_another_record_format(void **state)
{
	(void)state;
	make_file(
		"debug/mmscope/metadata",
		"/* CTF 1.8 */\n\nenv {\n\ttracer_name = \"mmscope\";\n\tabi = 7;\n};\n");
	assert_problem("the module writes format 7");
}

static void test_points(void **state)
{
	(void)state;
	make_file(
		"debug/mmscope/probes",
		"# point status how kind where hits missed note\n"
		"copy_mm unavailable - - - 0 0 not in this kernel: no verdict\n"
		"do_fork attached symbol kretprobe kernel_clone+0x0 12 5 -\n"
		"users unavailable inlined - mmput+0xe 0 0 error -22: an open ledger\n"
		"count attached inlined int3 __mmput+0xf2 9 4 -\n");
	assert_problem(
		"mmput+0xe cannot be probed (error -22: an open ledger): changes of mm_users there leave ledgers open");
	assert_problem("__mmput+0xf2 was missed 4 times");
	assert_problem(
		"copy_mm is unavailable (not in this kernel: no verdict)");
	assert_problem("do_fork was missed 5 times");
}

static void test_another_reader(void **state)
{
	char path[512], target[512];

	(void)state;
	make_file("proc/4711/comm", "cat\n");
	make_file("proc/4711/fd/0", "");
	snprintf(path, sizeof(path), "%s/proc/4711/fd/3", root);
	snprintf(target, sizeof(target), "%s/debug/mmscope/cpu2", root);
	assert_int_equal(symlink(target, path), 0);
	assert_problem("cpu2 is being read by cat (pid 4711)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_healthy_machine),
		TEST(test_what_cannot_be_seen),
		TEST(test_not_root),
		TEST(test_lockdown),
		TEST(test_signatures),
		TEST(test_configuration),
		TEST(test_ftrace_switched_off),
		TEST(test_debugfs_not_mounted),
		TEST(test_module_not_loaded),
		TEST(test_what_builds_it),
		TEST(test_installed_for_another),
		TEST(test_built_for_another),
		TEST(test_another_record_format),
		TEST(test_points),
		TEST(test_another_reader),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
