/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The id of the check that says that nothing in the backup tells whether a byte changed: the
 * sentence of the whole then says no more than that it could be read. */
#define SR_CHECK_NO_CHECKSUM "file.no-checksum"
/* The id of the check that says that a dump changes its own records in a way that is not read. */
#define SR_CHECK_SQL_CHANGES "sql.changes"

/**
 * SrVerdictLevel:
 * @SR_VERDICT_BROKEN: it cannot be restored as it is
 * @SR_VERDICT_SUSPICIOUS: whole as far as can be seen, but something is missing or untrue
 * @SR_VERDICT_INTACT: every byte checks out, as far as the format can tell
 * @SR_VERDICT_COMPLETE: and the records are all there
 * @SR_VERDICT_PROVEN: and it was really restored and counted
 */
typedef enum
{
  SR_VERDICT_BROKEN,
  SR_VERDICT_SUSPICIOUS,
  SR_VERDICT_INTACT,
  SR_VERDICT_COMPLETE,
  SR_VERDICT_PROVEN,
} SrVerdictLevel;

/**
 * SrCheckResult:
 * @SR_CHECK_PASSED: looked at, and well
 * @SR_CHECK_NOTICE: looked at; nothing wrong, but a person should know
 * @SR_CHECK_WARNING: looked at; the backup is worth less than it seems
 * @SR_CHECK_FAILED: looked at, and broken
 * @SR_CHECK_NOT_MADE: could not be looked at; the sentence says why. Never counts as passed.
 */
typedef enum
{
  SR_CHECK_PASSED,
  SR_CHECK_NOTICE,
  SR_CHECK_WARNING,
  SR_CHECK_FAILED,
  SR_CHECK_NOT_MADE,
} SrCheckResult;

/**
 * SrCheckAspect:
 *
 * Which promise a check belongs to. A verdict reaches a level only if a check of its aspect was
 * made and none of it, or of those before, failed, warned or was not made.
 */
typedef enum
{
  SR_ASPECT_INTACT,
  SR_ASPECT_COMPLETE,
  SR_ASPECT_PROVEN,
  SR_ASPECT_PRIVACY, /* secrets in the file, encryption that is none: never lowers the level */
} SrCheckAspect;

/* @id: stable machine name: "zip.crc"; @title: "Checksums"; @sentence: what a person reads */
typedef struct
{
  char         *id;
  char         *title;
  SrCheckAspect aspect;
  SrCheckResult result;
  char         *sentence;
} SrCheck;

#define SR_TYPE_VERDICT (sr_verdict_get_type ())
G_DECLARE_FINAL_TYPE (SrVerdict, sr_verdict, SR, VERDICT, GObject)

/**
 * sr_verdict_new:
 *
 * Without checks it is suspicious: nothing was looked at. Plain data that archive, state, job and
 * the window share.
 *
 * Threads: one at a time; not changed once handed on.
 */
SrVerdict *sr_verdict_new (void);
/* Copies. Names out of a backup may stand in the sentence as they are: invalid UTF-8 and control
 * characters are shown as U+FFFD. */
void sr_verdict_add (SrVerdict    *self,
                     const char   *id,
                     const char   *title,
                     SrCheckAspect aspect,
                     SrCheckResult result,
                     const char   *format,
                     ...) G_GNUC_PRINTF (6, 7);
/* For sentences: "1 file", "12 files". Returns: (transfer full) */
char *sr_verdict_counted (guint64     number,
                          const char *one,
                          const char *many);
guint sr_verdict_get_n_checks (SrVerdict *self);
/* Returns: (nullable): %NULL behind the last */
const SrCheck *sr_verdict_get_check (SrVerdict *self,
                                     guint      index);
/* Returns: (nullable): the first check of that id */
const SrCheck *sr_verdict_find (SrVerdict  *self,
                                const char *id);
/**
 * sr_verdict_get_level:
 *
 * Computed anew from the checks each time, by the first row that fits:
 *
 * | checks | level |
 * |---|---|
 * | one of intact FAILED | broken |
 * | one of intact WARNING or NOT_MADE, or none PASSED | suspicious |
 * | one of complete or of proven FAILED or WARNING | suspicious |
 * | one of complete NOT_MADE, or none PASSED | intact |
 * | one of proven NOT_MADE, or none PASSED | complete |
 * | all else | proven |
 *
 * A NOTICE neither lifts nor lowers, checks of privacy do not either. A drill that failed does not
 * make a backup broken, since it may be the place it went to: suspicious.
 */
SrVerdictLevel sr_verdict_get_level (SrVerdict *self);
/* "broken", "suspicious", … */
const char *sr_verdict_level_name (SrVerdictLevel level);
gboolean    sr_verdict_level_from_name (const char     *name,
                                        SrVerdictLevel *level);
/* "passed", "notice", "warning", "failed", "not-made" */
const char *sr_check_result_name (SrCheckResult result);
const char *sr_check_aspect_name (SrCheckAspect aspect);
/* One sentence that says the level and the weightiest reason. Returns: (transfer full) */
char *sr_verdict_get_sentence (SrVerdict *self);
/* {"verdict","sentence","checks":[{"id","title","aspect","result","sentence"}]}. Returns: (transfer
 * full) */
JsonNode *sr_verdict_to_json (SrVerdict *self);
/* And back. Level and sentence are computed from the checks, not believed. Returns: (transfer full)
 */
SrVerdict *sr_verdict_from_json (JsonObject *object,
                                 GError    **error);
/* Several lines, ends with a line feed. Returns: (transfer full) */
char *sr_verdict_to_text (SrVerdict *self);

G_END_DECLS
