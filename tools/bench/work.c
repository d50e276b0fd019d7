// SPDX-License-Identifier: GPL-2.0-only
/*
 * work.c - bench-work: the work whose cost is measured, with and without a tracer
 *
 *	bench-work WORK [--count N] [--repeats N] [--spin N] [--vmas N] [--tasks N]
 *		[--mms N]
 *
 * Does the work once for nothing, then prints a line for each repeat: the work,
 * nanoseconds in all, operations. In a guest that counts instructions a nanosecond
 * is one. Then `# ctxt=N processes=N`: what the kernel itself counted over all of
 * it, by which a tracer's events can be judged.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RELAY "/sys/kernel/debug/mmscope_test/relay"

static long count = 256;
static long spin;
static pid_t crowd;

static void die(const char *format, ...)
{
	va_list arguments;
	int error = errno;

	va_start(arguments, format);
	fputs("bench-work: ", stderr);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, ": %s\n", strerror(error));
	va_end(arguments);
	exit(1);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Two instructions a turn; something to do between operations. */
static void turn(long turns)
{
#if defined(__x86_64__)
	if (turns)
		__asm__ volatile("1: dec %0; jnz 1b" : "+r"(turns) : : "cc");
#else
	for (; turns; turns--)
		__asm__ volatile("" : : : "memory");
#endif
}

/* ---- each of these does it count times and returns the nanoseconds ---- */

static int64_t work_loop(void)
{
	int64_t begin = now();

	turn(count);
	return now() - begin;
}

static int there[2], back[2];

/* The other half of the ping-pong; lives as long as the pipes do. */
static void begin_switch(void)
{
	char byte;
	pid_t pid;

	if (pipe(there) || pipe(back))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid)
		return;
	close(there[1]);
	close(back[0]);
	while (read(there[0], &byte, 1) == 1)
		if (write(back[1], &byte, 1) != 1)
			break;
	_exit(0);
}

static void end_switch(void)
{
	close(there[1]);
	wait(NULL);
}

static int64_t work_switch(void)
{
	int64_t begin = now();
	char byte = 0;
	long i;

	for (i = 0; i < count; i++) {
		turn(spin);
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			die("ping-pong");
	}
	return now() - begin;
}

/*
 * A kernel thread of mmscope_test.ko on this CPU takes turns with this process,
 * whose mm it borrows and gives back. The module takes the time.
 */
static int64_t work_borrow(void)
{
	char text[1024];
	const char *begin, *end;
	ssize_t length;
	int fd;

	snprintf(text, sizeof(text), "%d 1 %ld", sched_getcpu(), count);
	fd = open(RELAY, O_RDWR);
	if (fd < 0)
		die("%s (is mmscope_test.ko loaded?)", RELAY);
	if (write(fd, text, strlen(text)) < 0)
		die("%s", RELAY);
	length = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	begin = strstr(text, "begin_ns=");
	end = strstr(text, "end_ns=");
	if (!begin || !end)
		die("%s says '%s'", RELAY, text);
	return atoll(end + strlen("end_ns=")) -
	       atoll(begin + strlen("begin_ns="));
}

static void reap(pid_t pid)
{
	if (pid < 0)
		die("clone");
	while (waitpid(pid, NULL, __WALL) != pid)
		if (errno != EINTR)
			die("waitpid");
}

static int64_t work_fork(void)
{
	int64_t begin = now();
	pid_t pid;
	long i;

	for (i = 0; i < count; i++) {
		turn(spin);
		pid = fork();
		if (!pid)
			_exit(0);
		reap(pid);
	}
	return now() - begin;
}

static int64_t work_vfork(void)
{
	volatile int64_t begin = now();
	volatile long i;
	pid_t pid;

	for (i = 0; i < count; i++) {
		pid = vfork();
		if (!pid)
			_exit(0);
		reap(pid);
	}
	return now() - begin;
}

static void *thread(void *unused)
{
	return unused;
}

static int64_t work_thread(void)
{
	int64_t begin = now();
	pthread_t id;
	long i;

	for (i = 0; i < count; i++) {
		errno = pthread_create(&id, NULL, thread, NULL);
		if (errno)
			die("pthread_create");
		pthread_join(id, NULL);
	}
	return now() - begin;
}

/* Forks on as many CPUs at once; the nanoseconds are those of all together. */
static int64_t work_forks(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), cpu;
	int64_t begin = now();
	cpu_set_t set;
	pid_t pid;

	for (cpu = 0; cpu < cpus; cpu++) {
		pid = fork();
		if (pid < 0)
			die("fork");
		if (pid)
			continue;
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("CPU %ld", cpu);
		work_fork();
		_exit(0);
	}
	for (cpu = 0; cpu < cpus; cpu++)
		wait(NULL);
	return now() - begin;
}

static int environment;

static void begin_transition(void)
{
	environment = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
	if (environment < 0)
		die("/proc/self/environ");
}

static void end_transition(void)
{
	close(environment);
}

/* Reading it takes mm_users and gives it back. */
static int64_t work_transition(void)
{
	int64_t begin = now();
	char byte;
	long i;

	for (i = 0; i < count; i++)
		if (pread(environment, &byte, 1, 0) != 1)
			die("read /proc/self/environ");
	return now() - begin;
}

/* For what lies around it, such as a crowd. */
static int64_t work_nothing(void)
{
	return 0;
}

/* ---- */

static const struct work {
	const char *name;
	int64_t (*run)(void);
	int per_count;
	void (*begin)(void);
	void (*end)(void);
} works[] = {
	{ "loop", work_loop, 2, NULL, NULL },
	{ "switch", work_switch, 2, begin_switch, end_switch },
	{ "borrow", work_borrow, 2, NULL, NULL },
	{ "fork", work_fork, 1, NULL, NULL },
	{ "vfork", work_vfork, 1, NULL, NULL },
	{ "thread", work_thread, 1, NULL, NULL },
	{ "forks", work_forks, 1, NULL, NULL },
	{ "transition", work_transition, 2, begin_transition, end_transition },
	{ "nothing", work_nothing, 1, NULL, NULL },
};

static long stat_number(const char *key)
{
	char line[4096];
	long value = -1;
	FILE *file = fopen("/proc/stat", "r");

	if (!file)
		die("/proc/stat");
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			value = atol(line + strlen(key));
	fclose(file);
	return value;
}

/*
 * One CPU, and SCHED_BATCH: otherwise the one that is woken sometimes takes the
 * CPU before the other has gone to sleep, and a round has two switches or four.
 */
static void settle(void)
{
	const struct sched_param parameter = { 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set) ||
	    sched_setscheduler(0, SCHED_BATCH, &parameter))
		die("one CPU, SCHED_BATCH");
}

/* Each apart from the next, so that the kernel does not merge them. */
static void add_vmas(long vmas)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, 2 * vmas * page, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	long i;

	if (at == MAP_FAILED)
		die("mmap");
	for (i = 0; i < vmas; i += 2)
		if (mprotect(at + 2 * i * page, page, PROT_READ))
			die("mprotect");
}

static int idle_thread(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return 0;
}

/* Tasks that sleep in this mm, on stacks that they never need at once. */
static void add_tasks(long tasks)
{
	static char stacks[65536][128] __attribute__((aligned(16)));
	long i;

	for (i = 0; i < tasks; i++)
		if (clone(idle_thread, stacks[i % 65536 + 1],
			  CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, NULL) < 0)
			die("clone %ld", i);
}

/* Processes that sleep, each with an mm of its own. */
static void add_mms(long mms)
{
	pid_t pid;
	long i;

	for (i = 0; i < mms; i++) {
		pid = fork();
		if (pid < 0)
			die("fork %ld", i);
		if (!pid)
			idle_thread(NULL);
	}
}

/* A child holds them, so that they are none of this process's to wait for. */
static void add_crowd(long tasks, long mms)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		setpgid(0, 0);
		add_tasks(tasks);
		add_mms(mms);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		idle_thread(NULL);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("a crowd of %ld tasks and %ld mm's", tasks, mms);
	close(ready[0]);
	crowd = pid;
}

static void end_crowd(void)
{
	if (!crowd)
		return;
	kill(-crowd, SIGKILL);
	waitpid(crowd, NULL, 0);
}

static long take_long(const char *name, const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || end == text || value < 0) {
		fprintf(stderr, "bench-work: --%s '%s' is no number\n", name, text);
		exit(2);
	}
	return value;
}

static const struct work *find_work(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		if (!strcmp(works[i].name, name))
			return &works[i];
	fprintf(stderr, "bench-work: no work '%s'; there are:", name);
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		fprintf(stderr, " %s", works[i].name);
	fputc('\n', stderr);
	exit(2);
}

static void repeat(const struct work *work, long repeats)
{
	int64_t ns;
	long i;

	if (work->begin)
		work->begin();
	/* Once for nothing: what ran before has left other caches than this will. */
	work->run();
	for (i = 0; i < repeats; i++) {
		ns = work->run();
		printf("%s\t%lld\t%ld\n", work->name, (long long)ns,
		       count * work->per_count *
			       (work->run == work_forks ?
					sysconf(_SC_NPROCESSORS_ONLN) :
					1));
	}
	if (work->end)
		work->end();
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'c' },
		{ "repeats", required_argument, NULL, 'r' },
		{ "spin", required_argument, NULL, 's' },
		{ "vmas", required_argument, NULL, 'v' },
		{ "tasks", required_argument, NULL, 't' },
		{ "mms", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	long repeats = 1, tasks = 0, mms = 0, switches, processes;
	const struct work *work;
	int option, index;

	while ((option = getopt_long(argc, argv, "", options, &index)) >= 0) {
		if (option == 'c')
			count = take_long("count", optarg);
		else if (option == 'r')
			repeats = take_long("repeats", optarg);
		else if (option == 's')
			spin = take_long("spin", optarg);
		else if (option == 'v')
			add_vmas(take_long("vmas", optarg));
		else if (option == 't')
			tasks = take_long("tasks", optarg);
		else if (option == 'm')
			mms = take_long("mms", optarg);
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fputs("bench-work: which work?\n", stderr);
		return 2;
	}
	work = find_work(argv[optind]);
	if (strcmp(work->name, "forks"))
		settle();
	if (tasks || mms)
		add_crowd(tasks, mms);
	switches = stat_number("ctxt ");
	processes = stat_number("processes ");
	repeat(work, repeats);
	printf("# ctxt=%ld processes=%ld\n", stat_number("ctxt ") - switches,
	       stat_number("processes ") - processes);
	end_crowd();
	return 0;
}
