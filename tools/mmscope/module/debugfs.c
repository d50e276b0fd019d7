// SPDX-License-Identifier: GPL-2.0-only
/* debugfs.c - the module's directory: finding, reading, writing, explaining */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/util.h"
#include "module/debugfs.h"

static const char *directory = DEBUGFS_DEFAULT;

void debugfs_use(const char *path)
{
	const char *from_env = getenv("MMSCOPE_DEBUGFS");

	if (path)
		directory = path;
	else if (from_env && *from_env)
		directory = from_env;
}

const char *debugfs_directory(void)
{
	return directory;
}

const char *debugfs_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void explain_missing(const char *name)
{
	struct statfs fs;
	struct stat st;

	if (!stat(directory, &st))
		complain("%s/%s is not there: the module there is of another version; build and load this one",
			 directory, name);
	else if (strcmp(directory, DEBUGFS_DEFAULT))
		complain("%s: %s", directory, strerror(errno));
	else if (statfs("/sys/kernel/debug", &fs) ||
		 fs.f_type != DEBUGFS_MAGIC)
		complain("debugfs is not mounted: mount -t debugfs none /sys/kernel/debug");
	else
		complain("the module is not loaded: modprobe mmscope, or make load in its source tree; `mmscope doctor` says what is missing");
}

void debugfs_explain(const char *name, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		explain_missing(name);
		break;
	case EPERM:
		if (!geteuid()) {
			complain("%s: the kernel is locked down and lets nobody use debugfs; `mmscope doctor` says how",
				 debugfs_path(name));
			break;
		}
		/* fall through */
	case EACCES:
		complain("%s needs root: run it with sudo", debugfs_path(name));
		break;
	case EBUSY:
		complain("%s is being read by somebody else; stop that reader first (`mmscope doctor` names it)",
			 debugfs_path(name));
		break;
	default:
		complain("%s: %s", debugfs_path(name), strerror(error));
	}
}

char *debugfs_read(const char *name)
{
	char *text = read_whole(debugfs_path(name), NULL);

	if (!text)
		debugfs_explain(name, errno);
	return text;
}

char *debugfs_read_value(const char *name)
{
	char *text = debugfs_read(name), *at = text;

	while (at && *at == '#') {
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	if (at && at != text)
		memmove(text, at, strlen(at) + 1);
	return text;
}

bool debugfs_write(const char *name, const char *text)
{
	int fd = open(debugfs_path(name), O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t written;

	if (fd < 0) {
		debugfs_explain(name, errno);
		return false;
	}
	written = write(fd, text, strlen(text));
	if (written != (ssize_t)strlen(text)) {
		if (written < 0 && errno == EINVAL)
			complain("%s does not accept '%s'", debugfs_path(name),
				 text);
		else
			debugfs_explain(name, written < 0 ? errno : EIO);
		close(fd);
		return false;
	}
	close(fd);
	return true;
}
