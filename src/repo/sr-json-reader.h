/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

#include "base/sr-id.h"
#include "repo/sr-time.h"

G_BEGIN_DECLS

/**
 * SrJsonToken:
 *
 * What sr_json_reader_next() found.
 */
typedef enum
{
  SR_JSON_ERROR,
  SR_JSON_END,
  SR_JSON_OBJECT_BEGIN,
  SR_JSON_OBJECT_END,
  SR_JSON_ARRAY_BEGIN,
  SR_JSON_ARRAY_END,
  SR_JSON_NAME,
  SR_JSON_STRING,
  SR_JSON_NUMBER,
  SR_JSON_TRUE,
  SR_JSON_FALSE,
  SR_JSON_NULL,
} SrJsonToken;

/**
 * SrJsonFillFunc:
 * @data: (out): the next piece, valid until the next call
 *
 * Returns: its size; 0 at the end; -1 with @error set
 */
typedef gssize (*SrJsonFillFunc) (gpointer       user_data,
                                  gconstpointer *data,
                                  GError       **error);

/**
 * SrJsonReader:
 *
 * Pull parser for JSON (RFC 8259) of any size in memory that does not grow with it. A string is
 * handed out whole, so it is limited; so is the depth. Invalid UTF-8 in strings is passed
 * through unchanged, lone surrogates become U+FFFD.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrJsonReader SrJsonReader;

#define SR_JSON_MAX_DEPTH  64
#define SR_JSON_MAX_STRING (16 * 1024 * 1024)

/* @data must outlive the reader. */
SrJsonReader *sr_json_reader_new (gconstpointer data,
                                  gsize         size);
SrJsonReader *sr_json_reader_new_stream (SrJsonFillFunc fill,
                                         gpointer       user_data);
void          sr_json_reader_free (SrJsonReader *self);
/* Calls @destroy on @data when the reader is freed: for what it reads from. */
void sr_json_reader_set_owned (SrJsonReader  *self,
                               gpointer       data,
                               GDestroyNotify destroy);

/* Returns: the next token; %SR_JSON_ERROR with @error set (%SR_ERROR_DAMAGED, with the offset)
 * for anything that is not JSON */
SrJsonToken sr_json_reader_next (SrJsonReader *self,
                                 GError      **error);
/* Text of a NAME or STRING, unescaped, with a NUL behind it that is not counted (text may hold
 * NUL bytes); or the digits of a NUMBER. Valid until the next call of next. */
const char *sr_json_reader_get_text (SrJsonReader *self,
                                     gsize        *length);
/* Of a NUMBER. Returns: %FALSE with @error if it is not a whole number in range */
gboolean sr_json_reader_get_uint64 (SrJsonReader *self,
                                    guint64      *value,
                                    GError      **error);
/* Passes over the value that begins with the token just read (called after NAME: the value
 * that follows). */
gboolean sr_json_reader_skip (SrJsonReader *self,
                              GError      **error);
/* next, and an error that names @what unless the token is @token. */
gboolean sr_json_reader_expect (SrJsonReader *self,
                                SrJsonToken   token,
                                const char   *what,
                                GError      **error);

/* For reading objects whose members come in any order. In all of these @what names the member
 * in errors, null stands for "not there" as with Go (the result is then 0, %NULL or %FALSE),
 * and an error is %SR_ERROR_DAMAGED. */

/* Inside an object: the next member's name. Returns: 1 with the name as text, 0 at the
 * object's end, -1 with @error set */
int sr_json_reader_next_member (SrJsonReader *self,
                                GError      **error);
/* Whether the text of the last token is exactly @text. */
gboolean sr_json_reader_text_is (SrJsonReader *self,
                                 const char   *text);
/* At most @max. */
gboolean sr_json_reader_read_uint64 (SrJsonReader *self,
                                     const char   *what,
                                     guint64       max,
                                     guint64      *value,
                                     GError      **error);
gboolean sr_json_reader_read_uint32 (SrJsonReader *self,
                                     const char   *what,
                                     guint32      *value,
                                     GError      **error);
gboolean sr_json_reader_read_boolean (SrJsonReader *self,
                                      const char   *what,
                                      gboolean     *value,
                                      GError      **error);
/* @value: (out) (transfer full) (nullable): its old value is freed. Text with a NUL byte is
 * refused. */
gboolean sr_json_reader_read_string (SrJsonReader *self,
                                     const char   *what,
                                     char        **value,
                                     GError      **error);
/* @value: (out) (transfer full) (nullable): as with read_string; a list of strings */
gboolean sr_json_reader_read_strings (SrJsonReader *self,
                                      const char   *what,
                                      char       ***value,
                                      GError      **error);
/* 64 hexadecimal digits. @present: (out) (nullable): %FALSE for null, which is refused where
 * @present is %NULL */
gboolean sr_json_reader_read_id (SrJsonReader *self,
                                 const char   *what,
                                 SrId         *id,
                                 gboolean     *present,
                                 GError      **error);
/* @data: (out) (transfer full) (nullable): its old value is freed; standard base64 with
 * padding, strictly */
gboolean sr_json_reader_read_base64 (SrJsonReader *self,
                                     const char   *what,
                                     guint8      **data,
                                     gsize        *size,
                                     GError      **error);
gboolean sr_json_reader_read_time (SrJsonReader *self,
                                   const char   *what,
                                   SrTime       *time,
                                   GError      **error);
/* How many objects and arrays are open. */
guint sr_json_reader_get_depth (SrJsonReader *self);
/* Reads on until no more than @depth objects and arrays are open; fails only where the text is
 * not JSON. */
gboolean sr_json_reader_leave (SrJsonReader *self,
                               guint         depth,
                               GError      **error);
/* Bytes of input worked off. */
guint64 sr_json_reader_get_offset (SrJsonReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJsonReader, sr_json_reader_free)

G_END_DECLS
