/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * metadata_text.h - the CTF 1.8 metadata of a trace, from the field tables
 *
 * What babeltrace2, Trace Compass and the reader know of a capture comes from
 * this text. It is made from the same lists as the C structures, so that a field
 * that is added there appears here, and the unit tests can write the very text
 * that the module gives and open it with babeltrace2.
 *
 * Rules of the format that shaped it (CTF 1.8.3, sections in brackets): there is
 * no implicit padding, so every event declares its own up to 64 bytes [6.3.1];
 * one stream class and therefore no stream id anywhere; no uuid, so none to be
 * checked; the packet's block of 64 bytes is a header of the magic number alone
 * and a context of all the rest [5.1, 5.2].
 */
#ifndef MMSCOPE_METADATA_TEXT_H
#define MMSCOPE_METADATA_TEXT_H

#include "shared/record.h"
#include "shared/record_fields.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define MMSCOPE_METADATA_BYTE_ORDER "be"
#else
#define MMSCOPE_METADATA_BYTE_ORDER "le"
#endif

/* Takes the next piece of the text; @to is the caller's own. */
typedef void (*mmscope_emit_fn)(void *to, const char *text);

/**
 * struct mmscope_metadata - what the text says besides the fields
 * @kernel_release: as uname -r
 * @page_size: of the fields in pages, in bytes
 * @session: when recording began, ns, as in struct mmscope_packet
 * @clock_offset: the wall clock's time, ns since 1970, when the clock was 0
 * @sites: the instructions of `ref` records have the numbers from 1 to this
 */
struct mmscope_metadata {
	const char *kernel_release;
	__u32 page_size;
	__u64 session;
	__u64 clock_offset;
	__u32 sites;
};

static inline void mmscope_metadata_types(mmscope_emit_fn emit, void *to)
{
	emit(to,
	     "/* CTF 1.8 */\n"
	     "/* mmscope: address spaces of the Linux kernel. Give the directory\n"
	     " * that holds this file to babeltrace2, Trace Compass or\n"
	     " * `mmscope report -i`. */\n\n"
	     "typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	     "typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	     "typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	     "typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	     "typealias integer { size = 32; align = 8; signed = true; } := int32_t;\n"
	     "typealias integer { size = 64; align = 8; signed = false; base = 16; } := flags_t;\n"
	     "typealias integer { size = 8; align = 8; signed = false; encoding = UTF8; } := text_t;\n\n"
	     "trace {\n"
	     "\tmajor = 1;\n"
	     "\tminor = 8;\n"
	     "\tbyte_order = " MMSCOPE_METADATA_BYTE_ORDER ";\n"
	     "\tpacket.header := struct {\n"
	     "\t\tuint32_t magic;\n"
	     "\t};\n"
	     "};\n\n");
}

static inline void mmscope_metadata_env(const struct mmscope_metadata *data,
					mmscope_emit_fn emit, void *to)
{
	char line[128];

	emit(to, "env {\n\ttracer_name = \"mmscope\";\n");
	snprintf(line, sizeof(line), "\tabi = %u;\n", MMSCOPE_ABI_VERSION);
	emit(to, line);
	emit(to, "\tkernel_release = \"");
	emit(to, data->kernel_release);
	snprintf(line, sizeof(line), "\";\n\tpage_size = %u;\n\tsession = %llu;\n};\n\n",
		 data->page_size, (unsigned long long)data->session);
	emit(to, line);

	emit(to,
	     "clock {\n"
	     "\tname = \"monotonic\";\n"
	     "\tdescription = \"CLOCK_MONOTONIC\";\n"
	     "\tfreq = 1000000000;\n");
	snprintf(line, sizeof(line), "\toffset_s = %llu;\n\toffset = %llu;\n};\n",
		 (unsigned long long)data->clock_offset / 1000000000ULL,
		 (unsigned long long)data->clock_offset % 1000000000ULL);
	emit(to, line);
	emit(to,
	     "typealias integer {\n"
	     "\tsize = 64; align = 8; signed = false;\n"
	     "\tmap = clock.monotonic.value;\n"
	     "} := timestamp_t;\n\n");
}

/* One enumeration for each of the two sizes in which a `how` is stored. */
static inline void mmscope_metadata_hows(const char *name, const char *ctype,
					 mmscope_emit_fn emit, void *to)
{
	char line[64];
	unsigned int i;

	emit(to, "enum ");
	emit(to, name);
	emit(to, " : ");
	emit(to, ctype);
	emit(to, " {\n");
	for (i = 0; i < MMSCOPE_HOW_END; i++) {
		if (!mmscope_how_names[i])
			continue;
		snprintf(line, sizeof(line), "\t\"%s\" = %u,\n",
			 mmscope_how_names[i], i);
		emit(to, line);
	}
	emit(to, "};\n");
}

/* Site 0 does not exist; it is there because an enumeration may not be empty. */
static inline void mmscope_metadata_sites(const struct mmscope_metadata *data,
					  mmscope_emit_fn emit, void *to)
{
	const char *label;
	char line[128];
	unsigned int i;

	emit(to, "enum site : uint32_t {\n\t\"none\" = 0,\n");
	for (i = 1; i <= data->sites; i++) {
		label = mmscope_site_label(i);
		if (!label)
			continue;
		snprintf(line, sizeof(line), "\t\"%s\" = %u,\n", label, i);
		emit(to, line);
	}
	emit(to, "};\n");
}

/* struct mmscope_packet without its magic, and the head that all records share */
static inline void mmscope_metadata_stream(mmscope_emit_fn emit, void *to)
{
	emit(to,
	     "\nstream {\n"
	     "\tpacket.context := struct {\n"
	     "\t\tuint16_t abi;\n"
	     "\t\tuint16_t cpu_id;\n"
	     "\t\ttimestamp_t timestamp_begin;\n"
	     "\t\ttimestamp_t timestamp_end;\n"
	     "\t\tuint64_t content_size;\n"
	     "\t\tuint64_t packet_size;\n"
	     "\t\tuint64_t events_discarded;\n"
	     "\t\tuint64_t session;\n"
	     "\t\tuint64_t first_seq;\n"
	     "\t};\n"
	     "\tevent.header := struct {\n"
	     "\t\ttimestamp_t timestamp;\n"
	     "\t\tuint8_t id;\n"
	     "\t};\n"
	     "\tevent.context := struct {\n"
	     "\t\tenum how how;\n"
	     "\t\tuint16_t cpu;\n"
	     "\t\tuint32_t seq;\n"
	     "\t\tuint32_t pid;\n"
	     "\t\tuint32_t tgid;\n"
	     "\t\tuint64_t mm;\n"
	     "\t};\n"
	     "};\n");
}

static inline const char *
mmscope_metadata_field_type(const struct mmscope_field *field)
{
	switch (field->kind) {
	case MMSCOPE_KIND_text:
		return "text_t";
	case MMSCOPE_KIND_flags:
		return "flags_t";
	case MMSCOPE_KIND_how:
		return "enum how_wide";
	case MMSCOPE_KIND_site:
		return "enum site";
	case MMSCOPE_KIND_delta:
	case MMSCOPE_KIND_count:
	case MMSCOPE_KIND_result:
		return "int32_t";
	}
	return field->size == 8 ? "uint64_t" : "uint32_t";
}

/* Padding is text: babeltrace2 shows it as one empty string, not as numbers. */
static inline void mmscope_metadata_pad(unsigned int number, unsigned int size,
					mmscope_emit_fn emit, void *to)
{
	char line[64];

	if (!size)
		return;
	snprintf(line, sizeof(line), "\t\ttext_t _pad%u[%u];\n", number, size);
	emit(to, line);
}

static inline void mmscope_metadata_event(unsigned int id, mmscope_emit_fn emit,
					  void *to)
{
	const struct mmscope_field *field;
	unsigned int at = sizeof(struct mmscope_head), pads = 0;
	char line[128];

	snprintf(line, sizeof(line),
		 "\nevent {\n\tname = \"%s\";\n\tid = %u;\n\tfields := struct {\n",
		 mmscope_type_names[id], id);
	emit(to, line);
	for (field = mmscope_fields[id]; field->name; field++) {
		mmscope_metadata_pad(pads++, field->offset - at, emit, to);
		snprintf(line, sizeof(line),
			 field->kind == MMSCOPE_KIND_text ?
				 "\t\t%s _%s[%u];\n" : "\t\t%s _%s;\n",
			 mmscope_metadata_field_type(field), field->name,
			 field->size);
		emit(to, line);
		at = field->offset + field->size;
	}
	mmscope_metadata_pad(pads, MMSCOPE_RECORD_SIZE - at, emit, to);
	emit(to, "\t};\n};\n");
}

/**
 * mmscope_metadata_text() - the metadata of a trace
 * @data: what it says besides the fields
 * @emit: takes the text, piece by piece
 * @to: handed to @emit
 */
static inline void mmscope_metadata_text(const struct mmscope_metadata *data,
					 mmscope_emit_fn emit, void *to)
{
	unsigned int id;

	mmscope_metadata_types(emit, to);
	mmscope_metadata_env(data, emit, to);
	mmscope_metadata_hows("how", "uint8_t", emit, to);
	mmscope_metadata_hows("how_wide", "uint32_t", emit, to);
	mmscope_metadata_sites(data, emit, to);
	mmscope_metadata_stream(emit, to);
	for (id = 0; id < MMSCOPE_TYPE_END; id++)
		if (mmscope_type_names[id])
			mmscope_metadata_event(id, emit, to);
}

#endif /* MMSCOPE_METADATA_TEXT_H */
