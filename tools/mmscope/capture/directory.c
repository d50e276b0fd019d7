// SPDX-License-Identifier: GPL-2.0-only
/* directory.c - the directory that a recording goes to */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "capture/directory.h"
#include "input/capture_files.h"

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
		content =
			!strcmp(entry->d_name, "metadata") ||
					!strcmp(entry->d_name,
						CAPTURE_STACKS) ||
					!strcmp(entry->d_name, CAPTURE_ENDS) ||
					is_cpu_file(entry->d_name, &cpu) ?
				CONTENT_CAPTURE :
				CONTENT_OTHER;
	}
	closedir(files);
	if (content == CONTENT_CAPTURE && !has_metadata)
		return CONTENT_OTHER;
	return content;
}

/* The path without slashes at its end, and with something after it; to be freed. */
static char *beside(const char *path, const char *end)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return must_format("%.*s%s", (int)length, path, end);
}

static char *old_of(const char *path)
{
	return beside(path, ".old");
}

int capture_dir_check(const char *path)
{
	char *old;
	int status = STATUS_OK;

	if (content_of(path) == CONTENT_OTHER) {
		complain(
			"%s is not a capture and is left alone: name another directory with -o",
			path);
		return STATUS_USAGE;
	}
	old = old_of(path);
	if (content_of(path) == CONTENT_CAPTURE &&
	    content_of(old) == CONTENT_OTHER) {
		complain(
			"%s is not a capture and is left alone: name another directory with -o, or use --force",
			old);
		status = STATUS_USAGE;
	}
	free(old);
	return status;
}

/* All files of it; they are a capture's own. */
static bool empty_capture(const char *path)
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
	return done;
}

static bool remove_capture(const char *path)
{
	return empty_capture(path) && !rmdir(path);
}

bool capture_dir_make(struct capture_dir *directory, const char *path)
{
	enum content content = content_of(path);

	*directory = (struct capture_dir){
		.path = path,
		.made = content != CONTENT_NOTHING,
	};
	/* What processes are called and do is nobody else's business: mode 0700. */
	if (content == CONTENT_CAPTURE) {
		directory->now = beside(path, ".new-XXXXXX");
		if (mkdtemp(directory->now))
			return true;
	} else {
		directory->now = must_format("%s", path);
		if (content == CONTENT_NOTHING || !mkdir(path, 0700))
			return true;
	}
	complain("%s: %s", directory->now, strerror(errno));
	free(directory->now);
	directory->now = NULL;
	return false;
}

bool capture_dir_publish(struct capture_dir *directory, bool force)
{
	const char *path = directory->path;
	char *old;
	bool done;

	if (!strcmp(directory->now, path))
		return true;
	old = old_of(path);
	if (force)
		done = remove_capture(path);
	else
		done = (content_of(old) == CONTENT_MISSING ||
			remove_capture(old)) &&
		       !rename(path, old);
	done = done && !rename(directory->now, path);
	if (!done)
		complain("%s: %s: the capture is in %s", path, strerror(errno),
			 directory->now);
	free(old);
	if (!done)
		return false;
	free(directory->now);
	directory->now = must_format("%s", path);
	return true;
}

void capture_dir_drop(struct capture_dir *directory)
{
	if (directory->now) {
		empty_capture(directory->now);
		if (directory->made)
			rmdir(directory->now);
	}
	free(directory->now);
	directory->now = NULL;
}
