/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"
#include "base/sr-progress.h"

G_BEGIN_DECLS

/**
 * SrWindowValue:
 * @present: the record has that field
 * @type: of the value
 * @is_cut: only its beginning was kept
 * @text: for a person, valid UTF-8
 */
typedef struct
{
  gboolean    present;
  gboolean    is_cut;
  SrValueType type;
  char       *text;
} SrWindowValue;

/**
 * SrWindowRecord:
 * @number: of the record in its collection, from 0
 * @values: (array length=n_values): by the number of the field; shorter where later fields are
 *   absent
 * @is_cut: it has more fields than were kept
 */
typedef struct
{
  guint64        number;
  SrWindowValue *values;
  guint          n_values;
  gboolean       is_cut;
} SrWindowRecord;

#define SR_TYPE_RECORD_WINDOW (sr_record_window_get_type ())
G_DECLARE_FINAL_TYPE (SrRecordWindow, sr_record_window, SR, RECORD_WINDOW, GObject)

/**
 * sr_record_window_new:
 *
 * Records of one collection by their place, for a table that scrolls: a backup can only be read
 * from front to back, and one that is packed or encrypted cannot be entered in the middle. So it is
 * read once, and what a table shows of each record goes to a private file without a name, of which
 * only every 64th place is kept in memory. Any page is then one short read. Values are cut at 4
 * KiB, records at 64 KiB and 4,096 fields.
 *
 * Threads: one fills; others may ask and read meanwhile.
 */
SrRecordWindow *sr_record_window_new (void);
/**
 * sr_record_window_fill:
 * @terms: (array zero-terminated=1) (nullable): only records that fit, see sr_search_new()
 * @temp_dir: (nullable): where the private file goes
 *
 * Reads the collection; once. Records can be asked for as they come. Blocks.
 */
gboolean sr_record_window_fill (SrRecordWindow    *self,
                                SrBackupFile      *file,
                                const char        *collection,
                                const char *const *terms,
                                const char        *temp_dir,
                                SrProgress        *progress,
                                GCancellable      *cancellable,
                                GError           **error);
/* How many there are until now. */
guint64 sr_record_window_get_n_records (SrRecordWindow *self);
/* Names of the fields until now, in the order in which they came first. */
guint sr_record_window_get_n_fields (SrRecordWindow *self);
/* Returns: (transfer full) (nullable) */
char *sr_record_window_get_field (SrRecordWindow *self,
                                  guint           field);
/**
 * sr_record_window_read:
 * @max_chars: of a value's text
 *
 * Reads from the disk, so not on a main loop's thread.
 *
 * Returns: (transfer full) (element-type SrWindowRecord): @count records from place @first on,
 *   fewer at the end of what there is until now
 */
GPtrArray *sr_record_window_read (SrRecordWindow *self,
                                  guint64         first,
                                  guint           count,
                                  guint           max_chars,
                                  GError        **error);

G_END_DECLS
