/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sr-storage-fault.h"

typedef enum
{
  CALL_LIST,
  CALL_GET_SIZE,
  CALL_READ,
  CALL_CREATE,
  CALL_APPEND,
  CALL_COMMIT,
  CALL_ABORT,
  CALL_REMOVE,
  CALL_PREPARE,
  CALL_GET_FREE_SPACE,
  CALL_SET_RESERVE,
  CALL_USE_RESERVE,
  CALL_CLEAN,
} CallKind;

static const char *const call_names[] = { "list", "size", "read", "create",
                                          "append", "commit", "abort", "remove",
                                          "prepare", "free-space", "set-reserve", "use-reserve",
                                          "clean" };

struct _SrStorageFault
{
  SrStorage parent_instance;

  SrStorage *inner;

  GMutex      lock; /* for all below */
  GCond       changed;
  SrFault     fault;
  guint       at;
  SrErrorCode code;
  guint       n_calls;
  gboolean    blocked;
  gboolean    released;
  GString    *log;
  gboolean    space_limited;
  guint64     free_space;
  guint64     reserve;
  gboolean    reserve_usable;
};

G_DEFINE_FINAL_TYPE (SrStorageFault, sr_storage_fault, SR_TYPE_STORAGE)

typedef struct
{
  SrStorageWriter *inner;
  guint64          size;
  gboolean         cut; /* what comes is dropped */
} FaultWriter;

static void
log_call (SrStorageFault *self,
          CallKind        kind,
          int             type,
          const SrId     *id)
{
  g_string_append_printf (self->log, "%u %s", self->n_calls, call_names[kind]);
  if (type >= 0)
    g_string_append_printf (self->log, " %s", sr_file_type_name (type));
  if (type > SR_FILE_CONFIG && id != NULL)
    {
      char hex[SR_ID_HEX_SIZE];

      g_string_append_printf (self->log, " %.8s", sr_id_to_hex (id, hex));
    }
  g_string_append_c (self->log, '\n');
}

/* Counts the call. Returns: what shall happen at it; waiting is done. */
static SrFault
begin (SrStorageFault *self,
       CallKind        kind,
       int             type,
       const SrId     *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean                 reached;

  self->n_calls++;
  log_call (self, kind, type, id);
  reached =
      self->fault == SR_FAULT_FAIL_FROM ? self->n_calls >= self->at : self->n_calls == self->at;
  if (!reached)
    return SR_FAULT_NONE;
  if (self->fault != SR_FAULT_BLOCK)
    return self->fault;
  self->blocked = TRUE;
  g_cond_broadcast (&self->changed);
  while (!self->released)
    g_cond_wait (&self->changed, &self->lock);
  self->blocked = FALSE;
  return SR_FAULT_NONE;
}

static gboolean
fail (SrStorageFault *self,
      SrErrorCode     code,
      GError        **error)
{
  g_set_error (error, SR_ERROR, code, "A fault of the storage at %s, as planned (%s)",
               sr_storage_get_location (self->inner), sr_error_code_name (code));
  return FALSE;
}

/* Whether a call that is neither reading nor appending is not to be made. */
static gboolean
fails_before (SrStorageFault *self,
              SrFault         fault,
              GError        **error)
{
  if (fault != SR_FAULT_FAIL && fault != SR_FAULT_FAIL_FROM && fault != SR_FAULT_CUT)
    return FALSE;
  fail (self, self->code, error);
  return TRUE;
}

static gboolean
end (SrStorageFault *self,
     SrFault         fault,
     gboolean        ok,
     GError        **error)
{
  if (fault == SR_FAULT_KILL)
    kill (getpid (), SIGKILL);
  if (fault == SR_FAULT_FAIL_AFTER && ok)
    return fail (self, self->code, error);
  return ok;
}

static gboolean
take_space (SrStorageFault *self,
            guint64         bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!self->space_limited)
    return TRUE;
  if (bytes > self->free_space && self->reserve_usable)
    {
      self->free_space += self->reserve;
      self->reserve = 0;
      self->reserve_usable = FALSE;
    }
  if (bytes > self->free_space)
    return FALSE;
  self->free_space -= bytes;
  return TRUE;
}

static void
give_space (SrStorageFault *self,
            guint64         bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->free_space += bytes;
}

static gboolean
sr_storage_fault_list (SrStorage        *storage,
                       SrFileType        type,
                       SrStorageListFunc func,
                       gpointer          user_data,
                       GCancellable     *cancellable,
                       GError          **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_LIST, type, NULL);

  if (fails_before (self, fault, error))
    return FALSE;
  return end (self, fault, sr_storage_list (self->inner, type, func, user_data, cancellable, error),
              error);
}

static gboolean
sr_storage_fault_get_size (SrStorage    *storage,
                           SrFileType    type,
                           const SrId   *id,
                           guint64      *size,
                           GCancellable *cancellable,
                           GError      **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_GET_SIZE, type, id);

  if (fails_before (self, fault, error))
    return FALSE;
  return end (self, fault, sr_storage_get_size (self->inner, type, id, size, cancellable, error),
              error);
}

static gboolean
sr_storage_fault_read (SrStorage    *storage,
                       SrFileType    type,
                       const SrId   *id,
                       guint64       offset,
                       gpointer      buffer,
                       gsize         size,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_READ, type, id);
  gboolean        ok;

  if (fault == SR_FAULT_CUT)
    {
      sr_storage_read (self->inner, type, id, offset, buffer, size / 2, cancellable, NULL);
      return fail (self, self->code, error);
    }
  if (fails_before (self, fault, error))
    return FALSE;
  ok = sr_storage_read (self->inner, type, id, offset, buffer, size, cancellable, error);
  if (ok && fault == SR_FAULT_FLIP && size > 0)
    ((guint8 *) buffer)[size / 2] ^= 0x10;
  return end (self, fault, ok, error);
}

static gboolean
sr_storage_fault_writer_open (SrStorage       *storage,
                              SrStorageWriter *writer,
                              guint64          size_hint,
                              GCancellable    *cancellable,
                              GError         **error)
{
  SrStorageFault  *self = SR_STORAGE_FAULT (storage);
  SrFault          fault = begin (self, CALL_CREATE, writer->type, NULL);
  SrStorageWriter *inner;
  FaultWriter     *fault_writer;

  if (fails_before (self, fault, error))
    return FALSE;
  inner = sr_storage_create (self->inner, writer->type, size_hint, cancellable, error);
  if (!end (self, fault, inner != NULL, error))
    {
      sr_storage_writer_abort (inner);
      return FALSE;
    }
  fault_writer = g_new0 (FaultWriter, 1);
  fault_writer->inner = inner;
  writer->driver = fault_writer;
  return TRUE;
}

static gboolean
append_flipped (FaultWriter  *writer,
                const guint8 *data,
                gsize         size,
                GCancellable *cancellable,
                GError      **error)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  copy[size / 2] ^= 0x10;
  return sr_storage_writer_append (writer->inner, copy, size, cancellable, error);
}

static gboolean
sr_storage_fault_writer_append (SrStorage       *storage,
                                SrStorageWriter *writer,
                                gconstpointer    data,
                                gsize            size,
                                GCancellable    *cancellable,
                                GError         **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  FaultWriter    *fault_writer = writer->driver;
  SrFault         fault = begin (self, CALL_APPEND, writer->type, NULL);
  gboolean        half = fault == SR_FAULT_CUT || fault == SR_FAULT_CUT_SILENTLY;
  gboolean        ok;

  if (!half && fails_before (self, fault, error))
    return FALSE;
  if (fault_writer->cut)
    return TRUE;
  if (!take_space (self, size))
    return fail (self, SR_ERROR_NO_SPACE, error);
  fault_writer->size += size;
  fault_writer->cut = half;
  if (fault == SR_FAULT_FLIP && size > 0)
    ok = append_flipped (fault_writer, data, size, cancellable, error);
  else
    ok = sr_storage_writer_append (fault_writer->inner, data, half ? size / 2 : size, cancellable,
                                   error);
  if (fault == SR_FAULT_CUT && ok)
    return fail (self, self->code, error);
  return end (self, fault, ok, error);
}

static gboolean
sr_storage_fault_writer_close (SrStorage       *storage,
                               SrStorageWriter *writer,
                               const SrId      *id,
                               GCancellable    *cancellable,
                               GError         **error)
{
  SrStorageFault         *self = SR_STORAGE_FAULT (storage);
  g_autofree FaultWriter *fault_writer = g_steal_pointer (&writer->driver);
  CallKind                kind = id != NULL ? CALL_COMMIT : CALL_ABORT;
  SrFault                 fault = begin (self, kind, writer->type, id);

  if (id == NULL || fails_before (self, fault, error))
    {
      give_space (self, fault_writer->size);
      sr_storage_writer_abort (fault_writer->inner);
      return end (self, fault == SR_FAULT_KILL ? fault : SR_FAULT_NONE, id == NULL, error);
    }
  return end (self, fault, sr_storage_writer_commit (fault_writer->inner, id, cancellable, error),
              error);
}

static gboolean
sr_storage_fault_remove (SrStorage    *storage,
                         SrFileType    type,
                         const SrId   *id,
                         GCancellable *cancellable,
                         GError      **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_REMOVE, type, id);
  guint64         size = 0;
  gboolean        ok;

  if (fails_before (self, fault, error))
    return FALSE;
  sr_storage_get_size (self->inner, type, id, &size, NULL, NULL);
  ok = sr_storage_remove (self->inner, type, id, cancellable, error);
  if (ok)
    give_space (self, size);
  return end (self, fault, ok, error);
}

static gboolean
sr_storage_fault_prepare (SrStorage    *storage,
                          GCancellable *cancellable,
                          GError      **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_PREPARE, -1, NULL);

  if (fails_before (self, fault, error))
    return FALSE;
  return end (self, fault, sr_storage_prepare (self->inner, cancellable, error), error);
}

static gboolean
sr_storage_fault_get_free_space (SrStorage *storage,
                                 guint64   *bytes,
                                 GError   **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_GET_FREE_SPACE, -1, NULL);

  if (fails_before (self, fault, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  *bytes = self->free_space;
  g_mutex_unlock (&self->lock);
  return end (self, fault,
              self->space_limited || sr_storage_get_free_space (self->inner, bytes, error), error);
}

static gboolean
keep_reserve (SrStorageFault *self,
              guint64         bytes,
              GError        **error)
{
  g_mutex_lock (&self->lock);
  self->reserve_usable = FALSE;
  self->free_space += self->reserve;
  self->reserve = 0;
  g_mutex_unlock (&self->lock);
  if (!take_space (self, bytes))
    return fail (self, SR_ERROR_NO_SPACE, error);
  g_mutex_lock (&self->lock);
  self->reserve = bytes;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
sr_storage_fault_set_reserve (SrStorage *storage,
                              guint64    bytes,
                              GError   **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_SET_RESERVE, -1, NULL);

  if (fails_before (self, fault, error))
    return FALSE;
  if (self->space_limited)
    return end (self, fault, keep_reserve (self, bytes, error), error);
  return end (self, fault, sr_storage_set_reserve (self->inner, bytes, error), error);
}

static gboolean
sr_storage_fault_use_reserve (SrStorage *storage,
                              GError   **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_USE_RESERVE, -1, NULL);

  if (fails_before (self, fault, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->reserve_usable = TRUE;
  g_mutex_unlock (&self->lock);
  return end (self, fault, self->space_limited || sr_storage_use_reserve (self->inner, error),
              error);
}

static gboolean
sr_storage_fault_clean (SrStorage    *storage,
                        GCancellable *cancellable,
                        GError      **error)
{
  SrStorageFault *self = SR_STORAGE_FAULT (storage);
  SrFault         fault = begin (self, CALL_CLEAN, -1, NULL);

  if (fails_before (self, fault, error))
    return FALSE;
  return end (self, fault, sr_storage_clean (self->inner, cancellable, error), error);
}

static void
sr_storage_fault_finalize (GObject *object)
{
  SrStorageFault *self = SR_STORAGE_FAULT (object);

  g_clear_object (&self->inner);
  g_string_free (self->log, TRUE);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sr_storage_fault_parent_class)->finalize (object);
}

static void
sr_storage_fault_class_init (SrStorageFaultClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  SrStorageClass *storage_class = SR_STORAGE_CLASS (klass);

  object_class->finalize = sr_storage_fault_finalize;
  storage_class->list = sr_storage_fault_list;
  storage_class->get_size = sr_storage_fault_get_size;
  storage_class->read = sr_storage_fault_read;
  storage_class->writer_open = sr_storage_fault_writer_open;
  storage_class->writer_append = sr_storage_fault_writer_append;
  storage_class->writer_close = sr_storage_fault_writer_close;
  storage_class->remove = sr_storage_fault_remove;
  storage_class->prepare = sr_storage_fault_prepare;
  storage_class->get_free_space = sr_storage_fault_get_free_space;
  storage_class->set_reserve = sr_storage_fault_set_reserve;
  storage_class->use_reserve = sr_storage_fault_use_reserve;
  storage_class->clean = sr_storage_fault_clean;
}

static void
sr_storage_fault_init (SrStorageFault *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->log = g_string_new (NULL);
}

SrStorage *
sr_storage_fault_new (SrStorage *inner)
{
  SrStorageFault *self =
      g_object_new (SR_TYPE_STORAGE_FAULT, "location", sr_storage_get_location (inner), NULL);

  self->inner = g_object_ref (inner);
  return SR_STORAGE (self);
}

void
sr_storage_fault_plan (SrStorageFault *self,
                       SrFault         fault,
                       guint           call,
                       SrErrorCode     code)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->fault = fault;
  self->at = call;
  self->code = code;
  self->n_calls = 0;
  self->released = FALSE;
  g_string_truncate (self->log, 0);
}

guint
sr_storage_fault_get_n_calls (SrStorageFault *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_calls;
}

gboolean
sr_storage_fault_was_reached (SrStorageFault *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->fault != SR_FAULT_NONE && self->n_calls >= self->at;
}

void
sr_storage_fault_limit_space (SrStorageFault *self,
                              guint64         bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->space_limited = TRUE;
  self->free_space = bytes;
}

void
sr_storage_fault_wait_blocked (SrStorageFault *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->blocked)
    g_cond_wait (&self->changed, &self->lock);
}

void
sr_storage_fault_release (SrStorageFault *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->released = TRUE;
  g_cond_broadcast (&self->changed);
}

char *
sr_storage_fault_dup_log (SrStorageFault *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->log->str);
}
