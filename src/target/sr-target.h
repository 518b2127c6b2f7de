/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-container.h"
#include "base/sr-progress.h"
#include "base/sr-secret.h"
#include "record/sr-record-reader.h"
#include "record/sr-sql-dialect.h"

G_BEGIN_DECLS

/**
 * SrPreflightRow:
 * @ok: TRUE: as it should be; FALSE: the restore must not begin
 * @warning: may go on, but the person should know
 * @title: "Server", "Version", "Space", "Existing data"
 * @sentence: what was found
 */
typedef struct
{
  char    *title;
  char    *sentence;
  gboolean ok;
  gboolean warning;
} SrPreflightRow;

/* What will be replaced. @existing: records or, @in_bytes, bytes there now; @incoming: to come, -1
 * if not known yet */
typedef struct
{
  char    *name;
  guint64  existing;
  gint64   incoming;
  gboolean in_bytes;
} SrTargetLoss;

/* @rows: (element-type SrPreflightRow); @losses: (element-type SrTargetLoss); @replaces_objects:
 * views, routines and the like that exist are replaced too */
typedef struct
{
  GPtrArray *rows;
  GPtrArray *losses;
  gboolean   replaces_objects;
} SrPreflight;

SrPreflight *sr_preflight_new (void);
void         sr_preflight_free (SrPreflight *self);
void         sr_preflight_add (SrPreflight *self,
                               const char  *title,
                               gboolean     ok,
                               gboolean     warning,
                               const char  *format,
                               ...) G_GNUC_PRINTF (5, 6);
void         sr_preflight_add_loss (SrPreflight *self,
                                    const char  *name,
                                    guint64      existing,
                                    gint64       incoming);
/* @names: (element-type filename): what restores left beside the target that may hold what stood
 * there; no row if there are none */
void sr_preflight_add_leftovers (SrPreflight *self,
                                 GPtrArray   *names);
/* The same of a file or folder, in bytes. */
void     sr_preflight_add_file_loss (SrPreflight *self,
                                     const char  *name,
                                     guint64      existing,
                                     gint64       incoming);
gboolean sr_preflight_is_ok (const SrPreflight *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPreflight, sr_preflight_free)

/**
 * SrTargetTable:
 * @collection: as the backup calls it
 * @table: (nullable): as the target calls it; %NULL: the same
 * @aliases: (nullable) (array zero-terminated=1): other names that an existing table of it may have
 * @after: (nullable) (array zero-terminated=1): tables it refers to, which must be filled before it
 * @n_records: how many come, -1 if that is not known
 *
 * What goes where. A collection without columns and records whose table does not exist is left out,
 * and a row of the preflight says so: nobody knows what the table would be.
 */
typedef struct
{
  const SrCollection *collection;
  const char         *table;
  const char *const  *after;
  const char *const  *aliases;
  gint64              n_records;
} SrTargetTable;

/* In the order in which they are made, so far as one kind needs another; where kinds need each
 * other by turns (a view that a routine needs, a default that calls one) only the order of the
 * backup is right. */
typedef enum
{
  SR_TARGET_OBJECT_TYPE,
  SR_TARGET_OBJECT_SEQUENCE,   /* made, changed, or its value set */
  SR_TARGET_OBJECT_TABLE,      /* says where among the others it stands */
  SR_TARGET_OBJECT_CONSTRAINT, /* that a statement of its own adds to a table: keys, checks */
  SR_TARGET_OBJECT_INDEX,
  SR_TARGET_OBJECT_VIEW,
  SR_TARGET_OBJECT_ROUTINE,
  SR_TARGET_OBJECT_TRIGGER,
  SR_TARGET_OBJECT_EVENT,
  SR_TARGET_OBJECT_COMMENT,
  SR_TARGET_OBJECT_RIGHT,
  SR_TARGET_OBJECT_OWNER,
  SR_TARGET_OBJECT_OTHER, /* defaults and other changes of tables too */
  SR_N_TARGET_OBJECTS,
} SrTargetObjectKind;

/**
 * SrTargetObject:
 * @name: of what is made, without its schema; "" where there is none
 * @table: (nullable): the table that it is a part of, without its schema
 * @statement: as it stands in the backup, without its semicolon; valid UTF-8. Nobody has looked at
 *   what it does: a target takes it apart before it comes near a server.
 * @is_changed: bytes of the statement were not UTF-8 and stand as U+FFFD in it
 * @database: (nullable): that it belongs to, in a backup that says so with each
 * @mode, @charset, @collation, @time_zone: (nullable): of dumps of MySQL and MariaDB: settings that
 *   become a part of what is made, see #SrSqlSession; nobody has looked at them either
 *
 * What a dump has besides records.
 */
typedef struct
{
  SrTargetObjectKind kind;
  const char        *name;
  const char        *table;
  const char        *statement;
  gboolean           is_changed;
  const char        *database;
  const char        *mode;
  const char        *charset;
  const char        *collation;
  const char        *time_zone;
} SrTargetObject;

/**
 * SrTargetPlan:
 * @tables: (array length=n_tables): for databases
 * @expected_bytes: about how much comes, 0 if unknown
 * @replace: existing tables or files of these names are replaced; without it one that exists is
 *   refused by the preflight
 * @schema: (nullable): statements that make what is missing in an empty database; for a schema the
 *   backup itself does not tell
 * @objects: (array length=n_objects): all that the backup has, in its order, also of tables that
 *   are not among @tables; none if the target does not take those of this backup, see
 *   sr_target_takes_objects()
 * @dialect: of the statements that made the tables, where the backup is a dump; else none
 * @database: (nullable): what the backup calls the database whose tables have plain names in it
 * @some_tables: not all tables of the backup were chosen
 * @some_records: not all records were chosen
 */
typedef struct
{
  const SrTargetTable  *tables;
  guint                 n_tables;
  guint64               expected_bytes;
  gboolean              replace;
  const char           *schema;
  const SrTargetObject *objects;
  guint                 n_objects;
  SrSqlDialect          dialect;
  const char           *database;
  gboolean              some_tables;
  gboolean              some_records;
} SrTargetPlan;

/* @staged: counted in the stage after it was filled; @put: handed over; @lost: values that the
 * export had destroyed and that are NULL now */
typedef struct
{
  char   *name;
  guint64 put;
  guint64 staged;
  guint64 lost;
} SrTargetCount;

/* Whether @self says nothing from which a table could be made, and has nothing to put into it. */
gboolean sr_target_table_is_empty (const SrTargetTable *self);

SrTargetCount *sr_target_count_new (const char *name,
                                    guint64     put,
                                    guint64     staged,
                                    guint64     lost);
void           sr_target_count_free (SrTargetCount *self);

#define SR_TYPE_TARGET (sr_target_get_type ())
G_DECLARE_DERIVABLE_TYPE (SrTarget, sr_target, SR, TARGET, GObject)

/**
 * SrTargetClass:
 *
 * Where a restore goes, in the order in which its functions are called:
 *
 *   preflight → back_up → begin → (begin_collection → put_record…)… or put_file… → verify → swap
 *
 * Until @swap nothing that exists is touched: everything lies in a stage beside it. @swap is one
 * step: it happens or it does not. After it @undo puts back what was there, as long as the target
 * object lives; @discard removes the stage (before the swap) or what the swap kept for undoing
 * (after it). Whatever fails, the target is as it was, and the error says so.
 */
struct _SrTargetClass
{
  GObjectClass parent_class;

  /* dumps whose objects it makes; %SR_SQL_NONE: it makes tables and records only */
  SrSqlDialect object_dialect;

  gboolean (*preflight) (SrTarget           *self,
                         const SrTargetPlan *plan,
                         SrPreflight        *result,
                         GCancellable       *cancellable,
                         GError            **error);
  gboolean (*back_up) (SrTarget      *self,
                       GOutputStream *stream,
                       guint64       *written,
                       GCancellable  *cancellable,
                       GError       **error);
  gboolean (*begin) (SrTarget           *self,
                     const SrTargetPlan *plan,
                     GCancellable       *cancellable,
                     GError            **error);
  gboolean (*begin_collection) (SrTarget           *self,
                                const SrCollection *collection,
                                GCancellable       *cancellable,
                                GError            **error);
  gboolean (*put_record) (SrTarget       *self,
                          const SrRecord *record,
                          GCancellable   *cancellable,
                          GError        **error);
  gboolean (*put_file) (SrTarget               *self,
                        const SrContainerEntry *entry,
                        GInputStream           *content,
                        GCancellable           *cancellable,
                        GError                **error);
  GPtrArray *(*verify) (SrTarget *self, GCancellable *cancellable, GError **error);
  gboolean (*swap) (SrTarget *self, GCancellable *cancellable, GError **error);
  gboolean (*undo) (SrTarget *self, GError **error);
  gboolean (*discard) (SrTarget *self, GError **error);
  const char *(*get_back_up_suffix) (SrTarget *self);
};

/**
 * sr_target_open:
 * @location: "folder:PATH" or a path; "sqlite:PATH"; "mariadb://USER@HOST[:PORT]/DATABASE",
 *   "mysql://…", "postgresql://…", with `?socket=PATH` for a socket. A password in it is refused.
 * @password: (nullable): of the database
 *
 * Returns: (transfer full): not connected yet; %SR_ERROR_UNSUPPORTED if this build has no client
 *   for it
 */
SrTarget *sr_target_open (const char *location,
                          SrSecret   *password,
                          GError    **error);
/* Whether @location needs a password to be asked for: a database server. */
gboolean sr_target_wants_password (const char *location);

/* Whether it is a database that records are put into; whether files are. A SQLite file takes
 * either, but one sort at a time. */
gboolean sr_target_takes_records (SrTarget *self);
gboolean sr_target_takes_files (SrTarget *self);
/* Whether it makes what a dump of @dialect has besides tables, their keys and records, as far as it
 * can; its preflight tells what it does not. */
gboolean sr_target_takes_objects (SrTarget    *self,
                                  SrSqlDialect dialect);

/* Connects, and looks without changing anything: reachable, version, rights, space, what exists,
 * counted. Rows tell; %FALSE only if cancelled or it cannot be asked. */
gboolean sr_target_preflight (SrTarget           *self,
                              const SrTargetPlan *plan,
                              SrPreflight        *result,
                              GCancellable       *cancellable,
                              GError            **error);
/* What exists and would be replaced, as something that can be put back by hand: a dump, a copy of
 * the file, a tar archive. @written: (out): 0 if there is nothing to save */
gboolean sr_target_back_up (SrTarget      *self,
                            GOutputStream *stream,
                            guint64       *written,
                            GCancellable  *cancellable,
                            GError       **error);
/* ".sql", ".db", ".tar": for the file that it is written to */
const char *sr_target_get_back_up_suffix (SrTarget *self);
gboolean    sr_target_begin (SrTarget           *self,
                             const SrTargetPlan *plan,
                             GCancellable       *cancellable,
                             GError            **error);
gboolean    sr_target_begin_collection (SrTarget           *self,
                                        const SrCollection *collection,
                                        GCancellable       *cancellable,
                                        GError            **error);
gboolean    sr_target_put_record (SrTarget       *self,
                                  const SrRecord *record,
                                  GCancellable   *cancellable,
                                  GError        **error);
gboolean    sr_target_put_file (SrTarget               *self,
                                const SrContainerEntry *entry,
                                GInputStream           *content,
                                GCancellable           *cancellable,
                                GError                **error);
/* Counts what lies in the stage. Returns: (transfer full) (element-type SrTargetCount); %NULL with
 * %SR_ERROR_DAMAGED if a count is not what was put */
GPtrArray *sr_target_verify (SrTarget     *self,
                             GCancellable *cancellable,
                             GError      **error);
gboolean   sr_target_swap (SrTarget     *self,
                           GCancellable *cancellable,
                           GError      **error);
gboolean   sr_target_undo (SrTarget *self,
                           GError  **error);
gboolean   sr_target_discard (SrTarget *self,
                              GError  **error);

/* For tests: called before every step that changes something outside, with its name; returning
 * %FALSE with @error makes that step fail. */
typedef gboolean (*SrTargetFaultFunc) (const char *step,
                                       gpointer    user_data,
                                       GError    **error);
void sr_target_set_fault_func (SrTarget         *self,
                               SrTargetFaultFunc func,
                               gpointer          user_data);
/* For implementations. */
gboolean sr_target_step (SrTarget   *self,
                         const char *step,
                         GError    **error);

G_END_DECLS
