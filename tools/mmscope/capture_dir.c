// SPDX-License-Identifier: GPL-2.0-only
/* capture_dir.c - the directory that a recording goes to */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_dir.h"
#include "source.h"
#include "util.h"

enum content {
	CONTENT_MISSING,
	CONTENT_NOTHING,
	CONTENT_CAPTURE,
	CONTENT_OTHER,
};

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static enum content content_of(const char *path)
{
	enum content content = CONTENT_NOTHING;
	bool has_metadata = false;
	struct dirent *entry;
	unsigned int cpu;
	DIR *files;

	files = opendir(path);
	if (!files)
		return errno == ENOENT ? CONTENT_MISSING : CONTENT_OTHER;
	while ((entry = readdir(files)) && content != CONTENT_OTHER) {
		if (is_dots(entry->d_name))
			continue;
		if (!strcmp(entry->d_name, "metadata"))
			has_metadata = true;
		content = !strcmp(entry->d_name, "metadata") ||
			  !strcmp(entry->d_name, CAPTURE_STACKS) ||
			  is_cpu_file(entry->d_name, &cpu) ? CONTENT_CAPTURE :
							     CONTENT_OTHER;
	}
	closedir(files);
	if (content == CONTENT_CAPTURE && !has_metadata)
		return CONTENT_OTHER;
	return content;
}

static char *old_of(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return must_format("%.*s.old", (int)length, path);
}

int capture_dir_check(const char *path)
{
	char *old;
	int status = STATUS_OK;

	if (content_of(path) == CONTENT_OTHER) {
		complain("%s is not a capture and is left alone: name another directory with -o",
			 path);
		return STATUS_USAGE;
	}
	old = old_of(path);
	if (content_of(path) == CONTENT_CAPTURE &&
	    content_of(old) == CONTENT_OTHER) {
		complain("%s is not a capture and is left alone: name another directory with -o, or use --force",
			 old);
		status = STATUS_USAGE;
	}
	free(old);
	return status;
}

/* Only a capture's own files; rmdir() refuses if there is anything else. */
static bool remove_capture(const char *path)
{
	DIR *files = opendir(path);
	struct dirent *entry;
	bool done = files;

	while (files && (entry = readdir(files)))
		if (!is_dots(entry->d_name) &&
		    unlinkat(dirfd(files), entry->d_name, 0))
			done = false;
	if (files)
		closedir(files);
	return done && !rmdir(path);
}

int capture_dir_make(const char *path, bool force)
{
	enum content content = content_of(path);
	char *old = old_of(path);
	bool done = true;

	if (content == CONTENT_CAPTURE && force)
		done = remove_capture(path);
	else if (content == CONTENT_CAPTURE)
		done = (content_of(old) == CONTENT_MISSING ||
			remove_capture(old)) &&
		       !rename(path, old);
	/* What processes are called and do is nobody else's business. */
	if (done && content != CONTENT_NOTHING)
		done = !mkdir(path, 0700);
	if (!done)
		complain("%s: %s", path, strerror(errno));
	free(old);
	return done ? STATUS_OK : STATUS_TROUBLE;
}
