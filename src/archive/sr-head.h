/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much of a file is looked at to tell what it is. */
#define SR_HEAD_SIZE ((gsize) 16 * 1024)

/**
 * SrHeadType:
 *
 * What the first bytes of a file look like.
 */
typedef enum
{
  SR_HEAD_EMPTY,
  SR_HEAD_ZEROS,
  SR_HEAD_ZIP,
  SR_HEAD_ARCHIVE, /* gzip, xz, bzip2, zstd, 7z, tar */
  SR_HEAD_SQLITE,
  SR_HEAD_MONGODUMP,
  SR_HEAD_HTML,
  SR_HEAD_XML,
  SR_HEAD_JSON_OBJECT,
  SR_HEAD_JSON_ARRAY,
  SR_HEAD_SQL,
  SR_HEAD_PG_CUSTOM, /* pg_dump -Fc */
  SR_HEAD_CSV,
  SR_HEAD_HEX,    /* nothing but lower-case hexadecimal digits */
  SR_HEAD_TEXT,   /* some other text */
  SR_HEAD_RANDOM, /* as if encrypted */
  SR_HEAD_BINARY,
} SrHeadType;

SrHeadType sr_head_guess (gconstpointer head,
                          gsize         size);
/* For a person, with article: "an empty file", "a web page (HTML)". */
const char *sr_head_type_describe (SrHeadType type);
/* The title of a web page, or its first words. Returns: (transfer full): valid UTF-8, short */
char *sr_head_excerpt (gconstpointer head,
                       gsize         size);

G_END_DECLS
