/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Arrays and objects inside each other, from the root on. */
#define SR_JSON_MAX_DEPTH 512
/* Bytes of one element. */
#define SR_JSON_MAX_ELEMENT ((gsize) 64 * 1024 * 1024)
/* Bytes of what %SR_JSON_KEEP_SHORT keeps. */
#define SR_JSON_MAX_SHORT ((gsize) 64 * 1024)

#define SR_JSON_END    (-1) /* of the text */
#define SR_JSON_FAILED (-2)

/**
 * SrJsonPass:
 * @SR_JSON_PASS_OVER: of any size, not kept
 * @SR_JSON_COUNT: not kept, but no larger than %SR_JSON_MAX_ELEMENT
 * @SR_JSON_KEEP: kept, and no larger than that
 * @SR_JSON_KEEP_SHORT: kept if it is no larger than %SR_JSON_MAX_SHORT, else passed over
 *
 * What becomes of a value.
 */
typedef enum
{
  SR_JSON_PASS_OVER,
  SR_JSON_COUNT,
  SR_JSON_KEEP,
  SR_JSON_KEEP_SHORT,
} SrJsonPass;

/**
 * SrJsonScanner:
 *
 * Walks through JSON by its structure: finds where values begin and end, at the speed of memory and
 * without reading what is in them. What it passes over has balanced brackets, strings that end and
 * no NUL; whether it is JSON otherwise only sr_json_fields_parse() knows. Memory: one buffer, as
 * large as the largest value that is kept and half a MiB.
 *
 * All errors tell the offset: %SR_ERROR_INVALID, or %SR_ERROR_DAMAGED where the text ends too soon
 * or holds a NUL byte.
 */
typedef struct _SrJsonScanner SrJsonScanner;

/* A byte order mark at the front is passed over. */
SrJsonScanner *sr_json_scanner_new (GInputStream *stream);
void           sr_json_scanner_free (SrJsonScanner *self);
/* Returns: the next byte that is no white space, without taking it; %SR_JSON_END, or
 * %SR_JSON_FAILED with @error set */
int sr_json_scanner_peek (SrJsonScanner *self,
                          GCancellable  *cancellable,
                          GError       **error);
/* Takes what sr_json_scanner_peek() gave. */
void sr_json_scanner_take (SrJsonScanner *self);
/* Takes the opening bracket that sr_json_scanner_peek() gave. */
gboolean sr_json_scanner_enter (SrJsonScanner *self,
                                GError       **error);
/* Takes the closing bracket that sr_json_scanner_peek() gave; it must fit the one entered last. */
gboolean sr_json_scanner_leave (SrJsonScanner *self,
                                GError       **error);
/**
 * sr_json_scanner_pass:
 * @text: (out) (nullable): what it kept, until the next call; not followed by a NUL
 *
 * Passes one value, whose first byte sr_json_scanner_peek() gave.
 */
gboolean sr_json_scanner_pass (SrJsonScanner *self,
                               SrJsonPass     pass,
                               const char   **text,
                               gsize         *size,
                               GCancellable  *cancellable,
                               GError       **error);
/* Bytes from the start of the stream to the one that comes next. */
guint64 sr_json_scanner_get_offset (const SrJsonScanner *self);
/* Sets @error: "This is no valid JSON: WHAT at byte N"; at the end of the text, that it ends too
 * soon. Returns: %FALSE */
gboolean sr_json_scanner_fail (const SrJsonScanner *self,
                               const char          *what,
                               GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJsonScanner, sr_json_scanner_free)

G_END_DECLS
