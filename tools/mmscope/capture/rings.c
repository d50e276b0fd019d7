// SPDX-License-Identifier: GPL-2.0-only
/* rings.c - the live rings, and the files that their packets go to */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "capture/rings.h"
#include "input/capture_files.h"
#include "module/debugfs.h"
#include "shared/record.h"

/* Large enough that a busy CPU's quarter of a ring is one read and one write. */
#define BUFFER_BYTES (1 << 20)

static bool is_open(const struct rings *rings, unsigned int cpu)
{
	size_t i;

	for (i = 0; i < rings->count; i++)
		if (rings->list[i].cpu == cpu)
			return true;
	return false;
}

static bool open_one(struct rings *rings, const char *name, unsigned int cpu)
{
	struct ring *ring;
	int fd = open(debugfs_path(name), O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		debugfs_explain(name, errno);
		return false;
	}
	rings->list =
		must_realloc(rings->list, (rings->count + 1) * sizeof(*ring));
	ring = &rings->list[rings->count++];
	*ring = (struct ring){ .cpu = cpu, .in = fd, .out = -1 };
	return true;
}

bool rings_open(struct rings *rings)
{
	DIR *files = opendir(debugfs_path(""));
	struct dirent *entry;
	unsigned int cpu;
	bool done = true;

	if (!rings->buffer)
		rings->buffer = must_calloc(1, BUFFER_BYTES);
	if (!files) {
		debugfs_explain("", errno);
		return false;
	}
	while (done && (entry = readdir(files)))
		if (is_cpu_file(entry->d_name, &cpu) && !is_open(rings, cpu))
			done = open_one(rings, entry->d_name, cpu);
	closedir(files);
	if (done && !rings->count) {
		complain("%s: no cpuN files; is it mmscope's directory?",
			 debugfs_path(""));
		done = false;
	}
	return done;
}

/* The records of what a read gave: whole packets, one after the other. */
static uint64_t account(struct rings *rings, struct ring *ring, size_t length)
{
	struct mmscope_packet packet;
	uint64_t records = 0;
	size_t at;

	for (at = 0; at + sizeof(packet) <= length;
	     at += packet.packet_size / 8) {
		memcpy(&packet, rings->buffer + at, sizeof(packet));
		if (packet.magic != MMSCOPE_CTF_MAGIC ||
		    packet.packet_size / 8 < sizeof(packet))
			break;
		ring->lost = packet.events_discarded;
		records += packet.packet_size / 8 / MMSCOPE_RECORD_SIZE - 1;
		if (!rings->directory)
			ring->lost_before = ring->lost;
	}
	return records;
}

static void fail(struct rings *rings, const char *directory,
		 const struct ring *ring, int error)
{
	complain(
		"%s/cpu%u: %s: recording ends; what was written before is whole",
		directory, ring->cpu, strerror(error));
	rings->failed = true;
}

/* Writes all or, where the disk is full, takes the torn end away again. */
static bool write_out(struct rings *rings, struct ring *ring, size_t length)
{
	size_t done = 0;
	ssize_t more;
	off_t begin;
	char *path;

	if (ring->out < 0) {
		path = must_format("%s/cpu%u", rings->directory, ring->cpu);
		ring->out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				 0600);
		free(path);
	}
	begin = lseek(ring->out, 0, SEEK_CUR);
	while (ring->out >= 0 && done < length) {
		more = write(ring->out, rings->buffer + done, length - done);
		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			break;
		done += more;
	}
	if (done == length)
		return true;
	fail(rings, rings->directory, ring, errno);
	if (ring->out >= 0 && ftruncate(ring->out, begin))
		complain("cpu%u: its end is torn: %s", ring->cpu,
			 strerror(errno));
	return false;
}

/* What one read gave; 0 at the end. */
static size_t drain_once(struct rings *rings, struct ring *ring)
{
	uint64_t records;
	ssize_t length;

	do {
		length = read(ring->in, rings->buffer, BUFFER_BYTES);
	} while (length < 0 && errno == EINTR);
	if (length < 0)
		fail(rings, debugfs_path("."), ring, errno);
	if (length <= 0)
		return 0;
	records = account(rings, ring, length);
	if (!rings->directory || !write_out(rings, ring, length))
		return length;
	ring->records += records;
	ring->bytes += length;
	rings->records += records;
	rings->bytes += length;
	return length;
}

/*
 * The end of file is that of the moment when the one before was given: what came
 * meanwhile is read after it.
 */
void ring_drain(struct rings *rings, struct ring *ring)
{
	int end;

	for (end = 0; end < 2; end++)
		while (!rings->failed && drain_once(rings, ring))
			;
}

void rings_drain(struct rings *rings)
{
	size_t i;

	for (i = 0; i < rings->count; i++)
		ring_drain(rings, &rings->list[i]);
}

bool rings_write_ends(const struct rings *rings)
{
	char *path = must_format("%s/" CAPTURE_ENDS, rings->directory);
	FILE *file = fopen(path, "we");
	bool done = file;
	size_t i;

	if (file) {
		fputs("# file records bytes\n", file);
		for (i = 0; i < rings->count; i++)
			if (rings->list[i].records)
				fprintf(file, "cpu%u %llu %llu\n",
					rings->list[i].cpu,
					(unsigned long long)rings->list[i]
						.records,
					(unsigned long long)rings->list[i]
						.bytes);
		done = !ferror(file);
		done = !fclose(file) && done;
	}
	if (!done)
		complain("%s: %s", path, strerror(errno));
	free(path);
	return done;
}

uint64_t rings_lost(const struct rings *rings)
{
	uint64_t lost = 0;
	size_t i;

	for (i = 0; i < rings->count; i++)
		lost += rings->list[i].lost - rings->list[i].lost_before;
	return lost;
}

void rings_close(struct rings *rings)
{
	size_t i;

	for (i = 0; i < rings->count; i++) {
		close(rings->list[i].in);
		if (rings->list[i].out >= 0)
			close(rings->list[i].out);
	}
	free(rings->list);
	free(rings->buffer);
	memset(rings, 0, sizeof(*rings));
}
