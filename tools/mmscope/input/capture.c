// SPDX-License-Identifier: GPL-2.0-only
/* capture.c - the records of all CPUs of a capture, merged by time */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "input/capture_files.h"
#include "input/sites.h"
#include "input/source.h"
#include "input/stream.h"
#include "shared/metadata_text.h"

/* Says what is wrong; false if the records must not be read at all. */
static bool check_metadata(const char *path, const struct metadata *metadata,
			   int *status)
{
	const char *wrong = NULL;

	if (*metadata->tracer && strcmp(metadata->tracer, "mmscope"))
		wrong = "a trace of another tracer, not of mmscope";
	else if (*metadata->byte_order &&
		 strcmp(metadata->byte_order, MMSCOPE_METADATA_BYTE_ORDER))
		wrong = "written by a machine of the other byte order; read it there";
	if (wrong) {
		complain("%s: %s", path, wrong);
		*status = STATUS_TROUBLE;
		return false;
	}
	if (metadata->abi && metadata->abi != MMSCOPE_ABI_VERSION) {
		complain("%s: record format %llu, and this mmscope knows format %u; use the mmscope that belongs to the module",
			 path, (unsigned long long)metadata->abi,
			 MMSCOPE_ABI_VERSION);
		*status = STATUS_TROUBLE;
		return false;
	}
	if (!metadata->is_ctf || !metadata->abi || !metadata->page_size) {
		complain("%s: empty or damaged; the packets' own version numbers are relied on",
			 path);
		*status = STATUS_TROUBLE;
	}
	return true;
}

static bool read_metadata(const char *directory, struct source *source,
			  int *status)
{
	char *path = must_format("%s/metadata", directory);
	struct metadata metadata = { 0 };
	struct stat st;
	char *text = NULL;
	bool usable = true;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		errno = EINVAL;
	else
		text = read_whole(path, NULL);
	if (!text) {
		complain("%s: %s", path, strerror(errno));
		*status = STATUS_TROUBLE;
	} else {
		metadata_parse(text, &metadata);
		sites_parse(text);
		usable = check_metadata(path, &metadata, status);
	}
	memcpy(source->kernel_release, metadata.kernel_release,
	       sizeof(source->kernel_release));
	source->page_size = metadata.page_size;
	free(text);
	free(path);
	return usable;
}

/* The heap's order: earlier first, then the CPU's number. */
static bool is_before(const struct stream *a, const struct stream *b)
{
	return a->time != b->time ? a->time < b->time : a->cpu < b->cpu;
}

static void sift_down(struct stream **heap, size_t size, size_t at)
{
	struct stream *moved = heap[at];
	size_t child;

	while ((child = 2 * at + 1) < size) {
		if (child + 1 < size && is_before(heap[child + 1], heap[child]))
			child++;
		if (!is_before(heap[child], moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

static void give_record(struct source *source, const struct stream *stream,
			record_fn record, void *to)
{
	bool is_lost = stream->record.head.id == MMSCOPE_TYPE_lost;

	if (!source->records)
		source->first = stream->time;
	source->last = stream->time;
	source->records += !is_lost;
	record(to, &stream->record);
}

static void merge(struct stream *streams, size_t count, struct source *source,
		  record_fn record, void *to)
{
	struct stream **heap = must_calloc(count + 1, sizeof(*heap));
	size_t size = 0, i;

	for (i = 0; i < count; i++)
		if (stream_next(&streams[i]))
			heap[size++] = &streams[i];
	source->cpus = size;
	for (i = size; i-- > 0;)
		sift_down(heap, size, i);
	while (size) {
		give_record(source, heap[0], record, to);
		if (!stream_next(heap[0]))
			heap[0] = heap[--size];
		if (size)
			sift_down(heap, size, 0);
	}
	free(heap);
}

/* The files of a capture. */
struct streams {
	struct stream *list;
	size_t count;
};

static struct stream *stream_of(struct streams *streams, unsigned int cpu,
				const char *directory)
{
	struct stream *stream;
	size_t i;

	for (i = 0; i < streams->count; i++)
		if (streams->list[i].cpu == cpu)
			return &streams->list[i];
	streams->list = must_realloc(streams->list,
				     (streams->count + 1) * sizeof(*stream));
	stream = &streams->list[streams->count++];
	stream_open(stream, directory, cpu);
	return stream;
}

/* What the recorder says it wrote; a file that is not there any more is missed, too. */
static void read_ends(struct streams *streams, const char *directory)
{
	char *path = must_format("%s/" CAPTURE_ENDS, directory);
	char *text = read_whole(path, NULL), *line, *next = text;
	unsigned long long records, bytes;
	struct stream *stream;
	char name[16];
	unsigned int cpu;

	while (next && (line = strsep(&next, "\n"))) {
		if (sscanf(line, "%15s %llu %llu", name, &records, &bytes) !=
			    3 ||
		    !is_cpu_file(name, &cpu))
			continue;
		stream = stream_of(streams, cpu, directory);
		stream->written = records;
		stream->written_bytes = bytes;
	}
	free(text);
	free(path);
}

static int read_streams(const char *directory, DIR *files,
			struct source *source, record_fn record, void *to)
{
	struct streams streams = { NULL };
	struct dirent *entry;
	int status = STATUS_OK;
	unsigned int cpu;
	size_t i;

	while ((entry = readdir(files)))
		if (is_cpu_file(entry->d_name, &cpu))
			stream_of(&streams, cpu, directory);
	if (streams.count)
		read_ends(&streams, directory);
	merge(streams.list, streams.count, source, record, to);
	for (i = 0; i < streams.count; i++) {
		if (streams.list[i].problems)
			status = STATUS_TROUBLE;
		stream_close(&streams.list[i]);
	}
	free(streams.list);
	if (!streams.count)
		complain("%s: no cpuN files, so not a capture", directory);
	else if (!source->records && status == STATUS_OK)
		complain("%s: no records in it", directory);
	return source->records ? status : STATUS_TROUBLE;
}

int capture_read(const char *directory, struct source *source, record_fn record,
		 void *to)
{
	int status = STATUS_OK, streams_status;
	DIR *files = opendir(directory);

	memset(source, 0, sizeof(*source));
	source->name = directory;
	if (!files && errno == EACCES) {
		complain("%s: captures belong to who recorded them: run it with sudo",
			 directory);
		return STATUS_TROUBLE;
	}
	if (!files) {
		complain("%s: %s; a capture is wanted, a directory that `mmscope record` wrote",
			 directory, strerror(errno));
		return STATUS_USAGE;
	}
	if (read_metadata(directory, source, &status)) {
		streams_status = read_streams(directory, files, source, record,
					      to);
		status = streams_status ? streams_status : status;
	}
	closedir(files);
	return status;
}
