// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream.c - the files cpuN: one CPU's records as CTF packets
 *
 * The ring knows nothing of packets. A packet is made when somebody reads: one
 * block that describes it, and the records that are there. Records count as
 * taken when the packet has been handed over whole.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "base/loaded.h"
#include "base/memory.h"
#include "base/recording.h"
#include "record/losses.h"
#include "points/readers.h"
#include "record/ring.h"
#include "shared/record.h"
#include "show/stream.h"

/* 16 KiB: the block in front is then 0.4 % of what is read. */
#define PACKET_RECORDS 255

struct packet {
	struct mmscope_packet head;
	struct mmscope_record records[PACKET_RECORDS];
};

/**
 * struct stream - one cpuN that is open
 * @reader: whose CPU's records, and who reads them
 * @lock: for reads at the same time
 * @started: the cursor is set
 * @cursor: the next record to put into a packet
 * @limit: index at which this round ends
 * @discarded: records found missing so far
 * @overwritten: those in this packet that were overwritten
 * @losses: records in this packet about losses that are said by them alone
 * @filled: bytes in the packet
 * @given: bytes of it that were handed over
 * @packet: the packet
 */
struct stream {
	struct mmscope_reader reader;
	/* For reads at the same time. */
	struct mutex lock;
	bool started;
	struct mmscope_cursor cursor;
	unsigned long limit;
	u64 discarded;
	unsigned long overwritten;
	unsigned int losses;
	size_t filled;
	size_t given;
	struct packet packet;
};

static int stream_opens(struct inode *inode, struct file *file)
{
	struct stream *stream;
	int err = mmscope_may_open();

	if (err)
		return err;
	stream = mmscope_alloc(sizeof(*stream));
	if (!stream)
		return -ENOMEM;
	mutex_init(&stream->lock);
	mutex_lock(&mmscope_mutex);
	err = mmscope_reader_add(&stream->reader,
				 (unsigned long)inode->i_private);
	if (!err)
		mmscope_rings_hold();
	mutex_unlock(&mmscope_mutex);
	if (err) {
		kvfree(stream);
		return err;
	}
	file->private_data = stream;
	return nonseekable_open(inode, file);
}

/*
 * The last packet has not been handed over whole: its records stay in the ring, and the
 * losses behind them are still to be said.
 */
static void packet_undone(struct stream *stream)
{
	struct mmscope_record *end =
		(void *)((char *)&stream->packet + stream->filled);
	unsigned int i;

	for (i = 1; i <= stream->losses; i++)
		mmscope_return_loss(end - i, mmscope_is_recording());
}

static int stream_closes(struct inode *inode, struct file *file)
{
	struct stream *stream = file->private_data;
	struct mmscope_ring *ring = mmscope_ring_of(stream->reader.cpu);

	if (ring)
		WRITE_ONCE(ring->wake_at, ULONG_MAX);
	mutex_lock(&mmscope_mutex);
	mmscope_reader_remove(&stream->reader);
	if (stream->given != stream->filled)
		packet_undone(stream);
	mmscope_rings_let_go();
	mutex_unlock(&mmscope_mutex);
	kvfree(stream);
	return 0;
}

static void stream_start(struct stream *stream, struct mmscope_ring *ring)
{
	if (stream->started)
		return;
	stream->cursor.next = READ_ONCE(ring->consumed);
	stream->limit = mmscope_ring_written(ring);
	stream->started = true;
}

static void packet_describe(struct stream *stream, unsigned int records)
{
	struct mmscope_packet *head = &stream->packet.head;
	struct mmscope_record *first = &stream->packet.records[0];
	struct mmscope_record *last = &stream->packet.records[records - 1];

	stream->filled = sizeof(*head) + records * sizeof(*first);
	stream->given = 0;
	head->magic = MMSCOPE_CTF_MAGIC;
	head->abi = MMSCOPE_ABI_VERSION;
	head->cpu_id = stream->reader.cpu;
	head->timestamp_begin = first->head.timestamp;
	head->timestamp_end = last->head.timestamp;
	head->content_size = stream->filled * BITS_PER_BYTE;
	head->packet_size = head->content_size;
	head->events_discarded = stream->discarded;
	head->session = mmscope_session();
	head->first_seq = first->head.seq;
}

/*
 * The next record; after the last one of a recording that has ended, the losses
 * that no record could say any more.
 */
static bool stream_next(struct mmscope_ring *ring, struct stream *stream,
			struct mmscope_record *record)
{
	bool more, ended;

	if (mmscope_ring_read(ring, stream->reader.cpu, stream->limit,
			      &stream->cursor, record))
		return true;
	if (stream->cursor.next != stream->limit || mmscope_is_recording())
		return false;
	mutex_lock(&mmscope_mutex);
	/* Records that came since the round began are from before the losses. */
	ended = !mmscope_is_recording() &&
		stream->limit == mmscope_ring_written(ring);
	more = ended && mmscope_take_loss(stream->reader.cpu, record);
	mutex_unlock(&mmscope_mutex);
	if (!more)
		return false;
	record->head.timestamp =
		max(record->head.timestamp, stream->cursor.last);
	stream->losses++;
	return true;
}

/* Makes the next packet; false at the end of this round. */
static bool packet_fill(struct stream *stream, struct mmscope_ring *ring)
{
	struct mmscope_record *record = stream->packet.records;
	unsigned int records = 0;

	while (records < PACKET_RECORDS && stream_next(ring, stream, record)) {
		if (record->head.id == MMSCOPE_TYPE_lost)
			stream->discarded += record->lost.records;
		if (record->head.how == MMSCOPE_HOW_overwritten)
			stream->overwritten += record->lost.records;
		record++;
		records++;
	}
	if (!records)
		return false;
	packet_describe(stream, records);
	return true;
}

/* The packet has been handed over: its records are taken. */
static void packet_done(struct stream *stream, struct mmscope_ring *ring)
{
	WRITE_ONCE(ring->overwritten, ring->overwritten + stream->overwritten);
	stream->overwritten = 0;
	stream->losses = 0;
	WRITE_ONCE(ring->consumed, stream->cursor.next);
}

static ssize_t stream_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *position)
{
	struct stream *stream = file->private_data;
	struct mmscope_ring *ring = mmscope_ring_of(stream->reader.cpu);
	ssize_t done = 0;
	size_t part;

	mmscope_reader_reads(&stream->reader);
	if (!ring)
		return 0;
	if (mutex_lock_interruptible(&stream->lock))
		return -ERESTARTSYS;
	stream_start(stream, ring);
	while (size) {
		if (stream->given == stream->filled &&
		    !packet_fill(stream, ring))
			break;
		part = min(size, stream->filled - stream->given);
		if (copy_to_user(buffer + done,
				 (char *)&stream->packet + stream->given,
				 part)) {
			done = done ? done : -EFAULT;
			break;
		}
		stream->given += part;
		done += part;
		size -= part;
		if (stream->given == stream->filled)
			packet_done(stream, ring);
	}
	/* End of file; whoever reads on afterwards gets what came meanwhile. */
	if (!done && size)
		stream->limit = mmscope_ring_written(ring);
	mutex_unlock(&stream->lock);
	return done;
}

static __poll_t stream_poll(struct file *file, struct poll_table_struct *table)
{
	struct stream *stream = file->private_data;
	struct mmscope_ring *ring = mmscope_ring_of(stream->reader.cpu);
	unsigned long wake_at;

	mmscope_reader_reads(&stream->reader);
	poll_wait(file, ring ? &ring->wait : &mmscope_ring_comes, table);
	if (!ring)
		return 0;
	wake_at = READ_ONCE(stream->cursor.next) +
		  mmscope_ring_wake_distance(ring) - 1;
	mmscope_ring_wake_from(ring, wake_at);
	if ((long)(mmscope_ring_written(ring) - wake_at) > 0 ||
	    stream->given != stream->filled)
		return EPOLLIN | EPOLLRDNORM;
	/* What a CPU that is off has left does not become more. */
	if (!cpu_online(stream->reader.cpu) &&
	    mmscope_ring_written(ring) != READ_ONCE(stream->cursor.next))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

const struct file_operations mmscope_stream_fops = {
	.owner = THIS_MODULE,
	.open = stream_opens,
	.release = stream_closes,
	.read = stream_read,
	.poll = stream_poll,
};
