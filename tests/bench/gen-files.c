/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gen.h"

#include <math.h>
#include <string.h>

#define UPLOADS        4000
#define MIN_UPLOAD     4096.0
#define MEDIUM_UPLOAD  1048576.0
#define MAX_UPLOAD     20971520.0
#define LARGE_OF_1000  33 /* so that 4,000 of them are 1.5 GiB */
#define SMALL_FILES    100000
#define FILES_A_FOLDER 250
#define PERCENT        100

static void
append_random (GString *out,
               guint64 *state,
               gsize    size)
{
  gsize at = out->len;

  g_string_set_size (out, at + size + sizeof (guint64));
  for (gsize i = 0; i < size; i += sizeof (guint64))
    {
      guint64 random = sr_gen_next (state);

      memcpy (out->str + at + i, &random, sizeof random);
    }
  g_string_truncate (out, at + size);
}

/* Pictures, scans and office files are compressed already; a few lists are not. */
static void
append_upload (GString *out,
               guint64 *state,
               guint    kind,
               gsize    size)
{
  if (kind < 70)
    append_random (out, state, size);
  else if (kind < 88)
    for (gsize left = size; left > 0;)
      {
        gsize n = MIN (left, 65536);

        append_random (out, state, n - n / 5);
        sr_gen_append_text (out, state, n / 5);
        left -= n;
      }
  else
    sr_gen_append_text (out, state, size);
}

static const char *
get_suffix (guint kind)
{
  return kind < 50 ? "jpg" : kind < 70 ? "docx"
                         : kind < 88   ? "pdf"
                                       : "csv";
}

/* Sizes follow the number and not chance, so that any scale has the same mix. */
static gsize
get_upload_size (guint64 i)
{
  double   u = (double) (i * 2654435761u % 4294967296u) / 4294967296.0;
  gboolean large = i * 619 % 1000 < LARGE_OF_1000;
  double   least = large ? MEDIUM_UPLOAD : MIN_UPLOAD;
  double   most = large ? MAX_UPLOAD : MEDIUM_UPLOAD;

  return (gsize) (least * pow (most / least, u));
}

static void
write_upload (const SrGen *self,
              GString     *out,
              guint64      i,
              guint        version)
{
  guint64          state = sr_gen_mix (self->seed, i, version);
  guint            kind = (guint) (sr_gen_mix (self->seed, i, 77) % 100);
  g_autofree char *name = NULL;

  name = g_strdup_printf ("uploads-%02u/file-%06u.%s", (guint) (i / FILES_A_FOLDER), (guint) i,
                          get_suffix (kind));
  g_string_truncate (out, 0);
  append_upload (out, &state, kind, get_upload_size (i));
  sr_gen_write (self, name, out->str, out->len);
}

/* Day 2: half a percent changed, half a percent new. */
void
sr_gen_uploads (const SrGen *self)
{
  const guint64 count = MAX (4, (guint64) (UPLOADS * self->scale));
  GString      *out = g_string_new (NULL);

  for (guint64 i = 0; self->day < 2 && i < count; i++)
    write_upload (self, out, i, 0);
  for (guint64 i = 0; self->day >= 2 && i < MAX (1, count / 200); i++)
    {
      write_upload (self, out, i * 199 % count, 1);
      write_upload (self, out, count + i, 0);
    }
  g_string_free (out, TRUE);
}

static void
write_small (const SrGen *self,
             GString     *out,
             guint64      i,
             guint        version)
{
  guint64          state = sr_gen_mix (self->seed, i, version);
  guint64          size = 512 + sr_gen_mix (self->seed, i, 78) % 7680;
  g_autofree char *name = NULL;

  name = g_strdup_printf ("part-%02u/folder-%03u/document-%06u.json",
                          (guint) (i / FILES_A_FOLDER / 40), (guint) (i / FILES_A_FOLDER % 40),
                          (guint) i);
  g_string_truncate (out, 0);
  while (out->len < size)
    {
      sr_gen_append_order (out, self->seed, i * 16 + out->len % 16, version);
      g_string_append_c (out, '\n');
      sr_gen_append_text (out, &state, 100);
    }
  g_string_truncate (out, size);
  sr_gen_write (self, name, out->str, out->len);
}

/* Day 2: a percent changed. */
void
sr_gen_small_files (const SrGen *self)
{
  const guint64 count = MAX (4, (guint64) (SMALL_FILES * self->scale));
  GString      *out = g_string_new (NULL);

  for (guint64 i = 0; i < count; i++)
    if (self->day < 2 || sr_gen_mix (self->seed, i, 55) % PERCENT == 0)
      write_small (self, out, i, self->day - 1);
  g_string_free (out, TRUE);
}

void
sr_gen_many (const SrGen *self,
             guint64      count)
{
  for (guint64 i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/entry-%08u", (guint) i);

      sr_gen_write (self, name, "", 0);
    }
}
