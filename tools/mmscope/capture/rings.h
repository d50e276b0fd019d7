/* SPDX-License-Identifier: GPL-2.0-only */
/* rings.h - the live rings, and the files that their packets go to */
#ifndef MMSCOPE_RINGS_H
#define MMSCOPE_RINGS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One cpuN. */
struct ring {
	unsigned int cpu;
	int in;
	int out;
	uint64_t lost; /* as of its last packet */
	uint64_t lost_before; /* as of the last one that was thrown away */
	uint64_t records, bytes; /* written */
};

/**
 * struct rings - all of them
 * @directory: of the capture; NULL: what is read is thrown away
 * @records: written so far
 * @bytes: likewise
 * @failed: reading or writing has failed, which has been said
 */
struct rings {
	struct ring *list;
	size_t count;
	const char *directory;
	char *buffer;
	uint64_t records;
	uint64_t bytes;
	bool failed;
};

/**
 * rings_open() - every cpuN that is not open yet
 * @rings: zeroed at first
 *
 * A CPU that comes while recording brings its file with it.
 *
 * Return: false if one cannot be opened, or there is none; said already.
 */
bool rings_open(struct rings *rings);

/*
 * Reads all that is there now. Once recording has been stopped, that is all
 * there will be. Failures are said once and remembered.
 */
void ring_drain(struct rings *rings, struct ring *ring);
void rings_drain(struct rings *rings);

/**
 * rings_write_ends() - say in the capture how much each of its files holds
 * @rings: drained for the last time
 *
 * A file that was cut at the end of a packet is whole in itself; whoever reads it
 * knows by this that it was longer.
 *
 * Return: false if it could not be written; said already.
 */
bool rings_write_ends(const struct rings *rings);

/* Records that the packets which were kept say are missing. */
uint64_t rings_lost(const struct rings *rings);
/* Gives everything back at once, so that the module can be unloaded. */
void rings_close(struct rings *rings);

#endif /* MMSCOPE_RINGS_H */
