/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Numbers of the ZIP format, APPNOTE 6.3.10; the sections are named beside them. */

#define SR_ZIP_LOCAL_SIGNATURE      0x04034b50u /* 4.3.7 */
#define SR_ZIP_DESCRIPTOR_SIGNATURE 0x08074b50u /* 4.3.9 */
#define SR_ZIP_CENTRAL_SIGNATURE    0x02014b50u /* 4.3.12 */
#define SR_ZIP_DIGITAL_SIGNATURE    0x05054b50u /* 4.3.13 */
#define SR_ZIP_END64_SIGNATURE      0x06064b50u /* 4.3.14 */
#define SR_ZIP_LOCATOR_SIGNATURE    0x07064b50u /* 4.3.15 */
#define SR_ZIP_END_SIGNATURE        0x06054b50u /* 4.3.16 */

/* Bytes of the records without what varies. */
#define SR_ZIP_LOCAL_SIZE   30
#define SR_ZIP_CENTRAL_SIZE 46
#define SR_ZIP_END64_SIZE   56
#define SR_ZIP_LOCATOR_SIZE 20
#define SR_ZIP_END_SIZE     22

/* 4.4.4 */
#define SR_ZIP_FLAG_ENCRYPTED  0x0001u
#define SR_ZIP_FLAG_DESCRIPTOR 0x0008u
#define SR_ZIP_FLAG_STRONG     0x0040u
#define SR_ZIP_FLAG_UTF8       0x0800u
#define SR_ZIP_FLAG_MASKED     0x2000u

/* 4.4.5 */
#define SR_ZIP_METHOD_STORED  0
#define SR_ZIP_METHOD_DEFLATE 8

/* 4.5.2, and 4.6.9 for the path in UTF-8; the times of Info-ZIP */
#define SR_ZIP_EXTRA_ZIP64        0x0001
#define SR_ZIP_EXTRA_NTFS         0x000a
#define SR_ZIP_EXTRA_TIME         0x5455
#define SR_ZIP_EXTRA_UNICODE_PATH 0x7075

static inline guint16
sr_zip_get16 (const guint8 *p)
{
  return (guint16) (p[0] | p[1] << 8);
}

static inline guint32
sr_zip_get32 (const guint8 *p)
{
  guint32 value;

  memcpy (&value, p, sizeof value);
  return GUINT32_FROM_LE (value);
}

static inline guint64
sr_zip_get64 (const guint8 *p)
{
  guint64 value;

  memcpy (&value, p, sizeof value);
  return GUINT64_FROM_LE (value);
}

/**
 * sr_zip_find_extra:
 * @extra: (array length=size): an extra field, headers and data
 * @id: which one is looked for
 *
 * Returns: (nullable): its data; %NULL if it is not there, or @extra is malformed before it
 */
static inline const guint8 *
sr_zip_find_extra (const guint8 *extra,
                   gsize         size,
                   guint16       id,
                   gsize        *data_size)
{
  while (size >= 4)
    {
      gsize length = sr_zip_get16 (extra + 2);

      if (length > size - 4)
        return NULL;
      if (sr_zip_get16 (extra) == id)
        {
          *data_size = length;
          return extra + 4;
        }
      extra += 4 + length;
      size -= 4 + length;
    }
  return NULL;
}

G_END_DECLS
