// SPDX-License-Identifier: GPL-2.0-only
/* installed.c - why the module is not loaded, and what would load it */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "doctor/checks.h"

/**
 * struct module_file - an mmscope.ko that modprobe would take
 * @path: on the machine
 * @release: that it was built for; NULL if that cannot be seen, as in a packed one
 * @is_signed: by whatever key
 */
struct module_file {
	char *path;
	char *release;
	bool is_signed;
};

/* The line of mmscope.ko, packed or not, in a list of depmod's; NULL if none. */
static char *find_in_list(char *list)
{
	char *line, *name, *next = list;

	while ((line = strsep(&next, "\n"))) {
		line[strcspn(line, ":")] = '\0';
		name = strrchr(line, '/');
		name = name ? name + 1 : line;
		if (!strncmp(name, "mmscope.ko", 10) &&
		    (name[10] == '\0' || name[10] == '.'))
			return line;
	}
	return NULL;
}

/* Where modprobe finds the module for a release; NULL if nowhere. */
static char *installed_path(const struct doctor *doctor, const char *release)
{
	char *list_name = must_format("%s/lib/modules/%s/modules.dep",
				      doctor->root, release);
	char *list = read_whole(list_name, NULL);
	char *line = list ? find_in_list(list) : NULL;
	char *path = NULL;

	if (line)
		path = *line == '/' ?
			       must_format("%s", line) :
			       must_format("/lib/modules/%s/%s", release, line);
	free(list);
	free(list_name);
	return path;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t size = strlen(end);

	return length >= size && !memcmp(text + length - size, end, size);
}

/* Only a plain file says what is in it; false if there is none at all. */
static bool find_module_file(const struct doctor *doctor,
			     struct module_file *file)
{
	static const char magic[] = "\0vermagic=";
	char *name, *text, *found;
	size_t length;

	*file = (struct module_file){ .path = installed_path(doctor,
							     doctor->release) };
	if (!file->path)
		return false;
	name = must_format("%s%s", doctor->root, file->path);
	text = read_whole(name, &length);
	if (text && ends_with(name, strlen(name), ".ko")) {
		found = memmem(text, length, magic, sizeof(magic) - 1);
		if (found) {
			found += sizeof(magic) - 1;
			file->release = strndup(found, strcspn(found, " "));
		}
		file->is_signed = ends_with(text, length,
					    "~Module signature appended~\n");
	}
	free(text);
	free(name);
	return true;
}

/* A kernel without the parameter knows no signatures; @seen: it could be looked at. */
static bool is_enforced(const struct doctor *doctor, bool *seen)
{
	char *text = doctor_file(doctor,
				 "/sys/module/module/parameters/sig_enforce");
	bool enforced = text && *text == 'Y';

	*seen = text || doctor_has(doctor, "/sys/module");
	free(text);
	return enforced;
}

static void check_signature(struct doctor *doctor,
			    const struct module_file *file)
{
	bool seen, enforced = is_enforced(doctor, &seen);

	if (!seen)
		doctor_unknown(doctor, "signature",
			       "/sys cannot be read: is it mounted?");
	else if (!enforced)
		doctor_say(doctor, "signature", true,
			   "unsigned modules may be loaded");
	else if (!file->path)
		doctor_say(
			doctor, "signature", false,
			"this kernel loads signed modules only: sign mmscope.ko with a key that it trusts, see Documentation/install.md");
	else if (!file->release)
		doctor_unknown(
			doctor, "signature",
			"this kernel loads signed modules only; whether %s is signed, modinfo says",
			file->path);
	else if (file->is_signed)
		doctor_say(
			doctor, "signature", true,
			"this kernel loads signed modules only, and %s is signed; if its key is rejected, enrol it, see Documentation/install.md",
			file->path);
	else
		doctor_say(
			doctor, "signature", false,
			"this kernel loads signed modules only, and %s is not signed: sign it with a key that the kernel trusts, see Documentation/install.md",
			file->path);
}

/* The first word of a line of the headers' file that begins with @key. */
static char *word_of_headers(const struct doctor *doctor, const char *file,
			     const char *key)
{
	char *name = must_format("%s/lib/modules/%s/build/%s", doctor->root,
				 doctor->release, file);
	char *text = read_whole(name, NULL);
	char *word = text ? strstr(text, key) : NULL;

	if (word) {
		word += strlen(key);
		word = strndup(word, strcspn(word, " \"\n"));
	}
	free(text);
	free(name);
	return word;
}

static bool headers_have(const struct doctor *doctor, const char *file)
{
	char *name =
		must_format("/lib/modules/%s/build/%s", doctor->release, file);
	bool has = doctor_has(doctor, name);

	free(name);
	return has;
}

static bool check_headers(struct doctor *doctor)
{
	char *release;
	bool fine = false;

	if (!headers_have(doctor, "Makefile")) {
		doctor_say(
			doctor, "headers", false,
			"nothing to build the module with: install linux-headers-%s; where it is not to be had any more, boot the newest kernel",
			doctor->release);
		return false;
	}
	release = word_of_headers(doctor, "include/generated/utsrelease.h",
				  "UTS_RELEASE \"");
	if (release && strcmp(release, doctor->release))
		doctor_say(
			doctor, "headers", false,
			"those in /lib/modules/%s/build are of %s: install linux-headers-%s",
			doctor->release, release, doctor->release);
	else
		fine = true;
	if (fine && !release)
		doctor_unknown(
			doctor, "headers",
			"those in /lib/modules/%s/build do not say of which kernel they are",
			doctor->release);
	else if (fine)
		doctor_say(doctor, "headers", true,
			   "those of the running kernel are here");
	free(release);
	return fine;
}

static bool is_program(const struct doctor *doctor, const char *name)
{
	const char *path = getenv("PATH");
	char *directories = must_format("%s", path ? path : "/usr/bin:/bin");
	char *directory, *next = directories, *file;
	bool found = false;

	while (!found && (directory = strsep(&next, ":"))) {
		file = must_format("%s%s/%s", doctor->root, directory, name);
		found = !access(file, X_OK);
		free(file);
	}
	free(directories);
	return found;
}

/*
 * Debian's headers insist on the very compiler that built the kernel; elsewhere
 * kbuild takes gcc, or clang where it is asked to.
 */
static void check_compiler(struct doctor *doctor)
{
	char *compiler =
		word_of_headers(doctor, ".config", "CONFIG_CC_VERSION_TEXT=\"");
	const char *wanted = compiler && *compiler ? compiler : "gcc";

	if (!headers_have(doctor, ".kernelvariables") &&
	    strcmp(wanted, "clang"))
		wanted = "gcc";
	if (!is_program(doctor, "make"))
		doctor_say(
			doctor, "compiler", false,
			"no make, to build the module with: install the package make");
	else if (!is_program(doctor, wanted))
		doctor_say(
			doctor, "compiler", false,
			"no %s, which modules for this kernel are built with: install the package %s",
			wanted, wanted);
	else
		doctor_say(doctor, "compiler", true, "%s is here", wanted);
	free(compiler);
}

/* Another release that the module is installed for; NULL if none. */
static char *other_release(const struct doctor *doctor)
{
	char *name = must_format("%s/lib/modules", doctor->root);
	DIR *releases = opendir(name);
	struct dirent *entry;
	char *found = NULL, *path;

	while (releases && !found && (entry = readdir(releases))) {
		if (*entry->d_name == '.')
			continue;
		path = installed_path(doctor, entry->d_name);
		if (path)
			found = must_format("%s", entry->d_name);
		free(path);
	}
	if (releases)
		closedir(releases);
	free(name);
	return found;
}

static void check_not_installed(struct doctor *doctor)
{
	char *other = other_release(doctor);

	if (doctor_has(doctor, "/var/lib/dkms/mmscope"))
		doctor_say(
			doctor, "module", false,
			"dkms has it, but has not built it for %s: see below, then dkms autoinstall -k %s; why it failed is in make.log below /var/lib/dkms/mmscope",
			doctor->release, doctor->release);
	else if (other)
		doctor_say(
			doctor, "module", false,
			"installed for %s only, and %s runs: boot that one, or make load in the source tree",
			other, doctor->release);
	else
		doctor_say(
			doctor, "module", false,
			"neither loaded nor installed: make load in the source tree");
	if (check_headers(doctor))
		check_compiler(doctor);
	free(other);
}

void doctor_check_module(struct doctor *doctor)
{
	struct module_file file;

	if (doctor_has(doctor, "/sys/module/mmscope")) {
		doctor_say(doctor, "module", true, "loaded");
		return;
	}
	if (!find_module_file(doctor, &file))
		check_not_installed(doctor);
	else if (file.release && strcmp(file.release, doctor->release))
		doctor_say(
			doctor, "module", false,
			"%s was built for %s, but %s runs: build and install it again, with dkms or make install",
			file.path, file.release, doctor->release);
	else
		doctor_say(doctor, "module", false,
			   "installed but not loaded: modprobe mmscope");
	check_signature(doctor, &file);
	free(file.path);
	free(file.release);
}
