// SPDX-License-Identifier: GPL-2.0-only
/* capture_writer.c - captures for tests, written byte by byte */
#include "test.h"

#include <err.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_writer.h"
#include "input/sites.h"
#include "shared/metadata_text.h"

void put16(unsigned char *at, uint16_t value)
{
	memcpy(at, &value, sizeof(value));
}

void put32(unsigned char *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

void put64(unsigned char *at, uint64_t value)
{
	memcpy(at, &value, sizeof(value));
}

static unsigned char *add_block(struct writer *writer)
{
	writer->bytes = realloc(writer->bytes, writer->length + BLOCK);
	if (!writer->bytes)
		err(1, "realloc");
	memset(writer->bytes + writer->length, 0, BLOCK);
	writer->length += BLOCK;
	return writer->bytes + writer->length - BLOCK;
}

void write_packet(struct writer *writer)
{
	unsigned char *at = add_block(writer);

	writer->packet = writer->length - BLOCK;
	put32(at + 0, 0xc1fc1fc1);
	put16(at + 4, 2);
	put16(at + 6, writer->cpu);
	put64(at + 8, writer->time);
	put64(at + 16, writer->time);
	put64(at + 24, BLOCK * 8);
	put64(at + 32, BLOCK * 8);
	put64(at + 40, writer->discarded);
	put64(at + 48, writer->session);
	put64(at + 56, writer->seq + 1);
}

unsigned char *write_record(struct writer *writer, int type, int how,
			    uint32_t pid, uint64_t mm)
{
	unsigned char *at = add_block(writer);
	unsigned char *packet = writer->bytes + writer->packet;
	uint64_t bits = (writer->length - writer->packet) * 8;

	put64(at + 0, writer->time);
	at[8] = type;
	at[9] = how;
	put16(at + 10, writer->cpu);
	put32(at + 12, ++writer->seq);
	put32(at + 16, pid);
	put32(at + 20, pid);
	put64(at + 24, mm);
	put64(packet + 16, writer->time);
	put64(packet + 24, bits);
	put64(packet + 32, bits);
	writer->time += 100;
	return at;
}

void write_comm(struct writer *writer, uint32_t pid, const char *name)
{
	unsigned char *at = write_record(writer, COMM, 0, pid, 0);

	memcpy(at + 32, name, strnlen(name, 16));
}

char *make_directory(void)
{
	char *path = strdup("/tmp/mmscope-test-XXXXXX");

	if (!path || !mkdtemp(path))
		err(1, "mkdtemp");
	return path;
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void remove_directory(char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(path);
}

void write_file(const char *directory, const char *name, const void *bytes,
		size_t length)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file))
		err(1, "%s", path);
}

void write_cpu(const char *directory, struct writer *writer)
{
	char name[16];

	snprintf(name, sizeof(name), "cpu%u", writer->cpu);
	write_file(directory, name, writer->bytes, writer->length);
	free(writer->bytes);
	writer->bytes = NULL;
}

static void put_text(void *to, const char *text)
{
	fputs(text, to);
}

void write_metadata(const char *directory)
{
	struct mmscope_metadata metadata = {
		.kernel_release = "6.1.0-test",
		.page_size = 4096,
		.session = 1000,
		.clock_offset = 1700000000123456789ULL,
	};
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	while (mmscope_site_label(metadata.sites + 1))
		metadata.sites++;
	mmscope_metadata_text(&metadata, put_text, file);
	fclose(file);
	write_file(directory, "metadata", text, length);
	free(text);
}

void keep_json(const char *path)
{
	const char *to = getenv("MMSCOPE_JSON");
	char *command;

	if (!to)
		return;
	assert_true(asprintf(&command, "cat '%s' >>'%s'", path, to) >= 0);
	assert_int_equal(system(command), 0);
	free(command);
}
