/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrDotenvEntry:
 * @value: raw bytes without the quotes, escapes undone; may be a secret
 * @line: from 1, where its name stands
 * @interpolates: whether "$NAME" or "${NAME}" stands in it, which is left as it is
 */
typedef struct
{
  char    *name;
  char    *value;
  guint    line;
  gboolean interpolates;
} SrDotenvEntry;

/**
 * SrDotenv:
 *
 * The variables of a .env file. Their values are wiped from memory with it.
 */
typedef struct _SrDotenv SrDotenv;

/**
 * sr_dotenv_parse:
 *
 * NAME=VALUE a line, as the usual libraries read it: "export" in front, comments, values in single
 * or double quotes or backticks (which may go over lines), CRLF, a byte order mark. A line that is
 * none of that is passed over.
 *
 * Returns: (transfer full): %SR_ERROR_INVALID if @text is no text or holds more than 10,000
 *   variables; no error repeats any of it
 */
SrDotenv            *sr_dotenv_parse (const char *text,
                                      gsize       size,
                                      GError    **error);
void                 sr_dotenv_free (SrDotenv *self);
guint                sr_dotenv_get_n_entries (const SrDotenv *self);
const SrDotenvEntry *sr_dotenv_get_entry (const SrDotenv *self,
                                          guint           index);
/* The last of that name, which is the one that counts. Returns: (nullable) */
const SrDotenvEntry *sr_dotenv_find (const SrDotenv *self,
                                     const char     *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDotenv, sr_dotenv_free)

G_END_DECLS
