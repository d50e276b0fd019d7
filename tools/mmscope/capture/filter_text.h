/* SPDX-License-Identifier: GPL-2.0-only */
/* filter_text.h - what is written to debugfs's filter */
#ifndef MMSCOPE_FILTER_TEXT_H
#define MMSCOPE_FILTER_TEXT_H

#include <sys/types.h>

#include "cli/options.h"

/**
 * filter_text() - the options as the module's filter wants them
 * @options: of `record`
 * @child: the command's pid, 0 if there is none
 *
 * Return: one write's worth, to be freed; "off" if all is to be recorded.
 */
char *filter_text(const struct options *options, pid_t child);

#endif /* MMSCOPE_FILTER_TEXT_H */
