/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-directory.h"
#include "archive/sr-zip-reader.h"

G_BEGIN_DECLS

/* What the reader has, for its other source files. Nothing of it changes once it is made,
 * but for what is atomic. */
typedef struct
{
  SrZipSource    source;
  SrZipDirectory directory;
  SrGuard       *guard;
} SrZipReaderParts;

const SrZipReaderParts *sr_zip_reader_get_parts (SrZipReader *self);

G_END_DECLS
