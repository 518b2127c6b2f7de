/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Types of BSON (bsonspec.org, version 1.1) that are looked at here. */
#define SR_BSON_STRING 0x02
#define SR_BSON_OBJECT 0x03
#define SR_BSON_BOOL   0x08
#define SR_BSON_INT32  0x10
#define SR_BSON_INT64  0x12

/* Documents of MongoDB are at most 16 MiB; its tools allow some more. */
#define SR_BSON_MAX ((gsize) 16 * 1024 * 1024 + 16 * 1024)

/**
 * SrBsonElement:
 * @name: ends with NUL inside the document
 * @data: of the value; of a string: its bytes without length and NUL
 *
 * One element of a document.
 */
typedef struct
{
  guint8        type;
  const char   *name;
  const guint8 *data;
  gsize         size;
} SrBsonElement;

/**
 * SrBsonIter:
 *
 * Walks the elements of one document, no deeper. Every length is checked against the document's;
 * nothing is allocated.
 */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
} SrBsonIter;

/* @size: of the whole document, as its first four bytes say. Returns: %FALSE with
 * %SR_ERROR_DAMAGED */
gboolean sr_bson_iter_init (SrBsonIter   *self,
                            gconstpointer document,
                            gsize         size,
                            GError      **error);
/* Returns: 1, 0 at the end, -1 with @error set */
int sr_bson_iter_next (SrBsonIter    *self,
                       SrBsonElement *element,
                       GError       **error);

/* Values of an element, or @fallback if it is of another type. */
gint64   sr_bson_get_int (const SrBsonElement *self,
                          gint64               fallback);
gboolean sr_bson_get_bool (const SrBsonElement *self);
/* Returns: (transfer full) (nullable): valid UTF-8 */
char *sr_bson_get_string (const SrBsonElement *self);

G_END_DECLS
