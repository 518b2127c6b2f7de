/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Text on its way to a stream, for writers of records: it is appended to @text, and goes out once
 * there is enough. */
typedef struct
{
  GOutputStream *stream;
  GString       *text;
} SrRecordOutput;

void sr_record_output_init (SrRecordOutput *self,
                            GOutputStream  *stream);
void sr_record_output_clear (SrRecordOutput *self);
/* Writes what has gathered if it is more than a few hundred KiB. */
gboolean sr_record_output_drain (SrRecordOutput *self,
                                 GCancellable   *cancellable,
                                 GError        **error);
gboolean sr_record_output_flush (SrRecordOutput *self,
                                 GCancellable   *cancellable,
                                 GError        **error);
void     sr_record_output_append_base64 (SrRecordOutput *self,
                                         gconstpointer   data,
                                         gsize           size);

G_END_DECLS
