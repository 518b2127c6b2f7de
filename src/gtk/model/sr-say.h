/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "verdict/sr-verdict.h"

G_BEGIN_DECLS

/* How things are said in the window. All texts are translated; Returns: (transfer full) unless
 * const. */

/* "1.2 MB" */
char *sr_say_size (guint64 bytes);
/* "1,234": grouped as the person's language does it */
char *sr_say_number (guint64 number);
/* "1 record", "1,234 records" */
char *sr_say_records (guint64 count);
/* When a backup says it was made: ISO 8601 becomes local date and time, all else stays. */
char *sr_say_moment (const char *text);
/* "about 3 minutes left"; %NULL for less than 0 */
char *sr_say_time_left (double seconds);
/* A name out of a backup: valid UTF-8 without control characters, at most 200 characters. */
char *sr_say_name (const char *raw);

/* Word, icon and colour of a verdict; never one of them alone. */
const char *sr_say_level_word (SrVerdictLevel level);
/* What the level promises, in a sentence. */
const char *sr_say_level_meaning (SrVerdictLevel level);
const char *sr_say_level_icon (SrVerdictLevel level);
const char *sr_say_level_css_class (SrVerdictLevel level);

/* What the verdict says, without the word of its level, which stands beside it. */
char *sr_say_verdict (SrVerdict *verdict);
/* A path as an argument: one that begins like an option does not. */
char *sr_say_argument (const char *path);
/* What a shell runs with these arguments, quoted where it must be. @arguments: (array
 * zero-terminated=1): raw bytes */
char *sr_say_command (const char *const *arguments);

G_END_DECLS
