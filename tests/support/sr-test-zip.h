/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-reader.h"

G_BEGIN_DECLS

typedef enum
{
  SR_TEST_ZIP_NO_DESCRIPTOR,
  SR_TEST_ZIP_PLAIN_32, /* without signature */
  SR_TEST_ZIP_SIGNED_32,
  SR_TEST_ZIP_PLAIN_64,
  SR_TEST_ZIP_SIGNED_64,
} SrTestZipDescriptor;

/**
 * SrTestZipEntry:
 * @name_size: 0: the length of @name
 * @local_name: (nullable): in the local header, another one
 * @extra: (nullable): field of the directory
 * @crc_xor, @size_add, @packed_add, @offset_add: lies, of the directory alone; with @lie_twice in
 *   the local header too
 *
 * One entry, as honest as it is said to be.
 */
typedef struct
{
  const char         *name;
  gsize               name_size;
  gconstpointer       content;
  gsize               size;
  gboolean            deflate;
  guint16             flags;
  SrTestZipDescriptor descriptor;
  const char         *local_name;
  gconstpointer       extra;
  gsize               extra_size;
  guint32             mode;
  guint32             crc_xor;
  gint32              size_add;
  gint32              packed_add;
  gint32              offset_add;
  gboolean            lie_twice;
  guint16             method_add;
} SrTestZipEntry;

/* A ZIP in memory, made by hand. */
typedef struct
{
  GByteArray *bytes;
  GByteArray *directory;
  guint       n_entries;
} SrTestZip;

SrTestZip *sr_test_zip_new (void);
void       sr_test_zip_free (SrTestZip *self);
void       sr_test_zip_add (SrTestZip            *self,
                            const SrTestZipEntry *entry);
/* An entry of text, deflated. */
void sr_test_zip_add_text (SrTestZip  *self,
                           const char *name,
                           const char *text);
/* Appends directory and end record. */
void sr_test_zip_finish (SrTestZip  *self,
                         const char *comment);
void sr_test_zip_put16 (GByteArray *bytes,
                        guint16     value);
void sr_test_zip_put32 (GByteArray *bytes,
                        guint32     value);
void sr_test_zip_put64 (GByteArray *bytes,
                        guint64     value);

/* Returns: descriptor of an unlinked file with that content */
int sr_test_zip_file (gconstpointer data,
                      gsize         size);
/* Opened without limits but the default ones. */
SrZipReader *sr_test_zip_open (const GByteArray *bytes,
                               GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTestZip, sr_test_zip_free)

G_END_DECLS
