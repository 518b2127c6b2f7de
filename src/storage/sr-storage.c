/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-storage"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "storage/sr-storage-local.h"
#include "storage/sr-storage.h"

typedef struct
{
  char *location; /* set once at construction */
} SrStoragePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SrStorage, sr_storage, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_LOCATION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
free_writer (SrStorageWriter *writer)
{
  g_object_unref (writer->storage);
  g_free (writer);
}

static void
sr_storage_finalize (GObject *object)
{
  SrStoragePrivate *priv = sr_storage_get_instance_private (SR_STORAGE (object));

  g_free (priv->location);
  G_OBJECT_CLASS (sr_storage_parent_class)->finalize (object);
}

static void
sr_storage_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  SrStoragePrivate *priv = sr_storage_get_instance_private (SR_STORAGE (object));

  switch (prop_id)
    {
    case PROP_LOCATION:
      g_value_set_string (value, priv->location);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sr_storage_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  SrStoragePrivate *priv = sr_storage_get_instance_private (SR_STORAGE (object));

  switch (prop_id)
    {
    case PROP_LOCATION:
      priv->location = g_value_dup_string (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sr_storage_class_init (SrStorageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sr_storage_finalize;
  object_class->get_property = sr_storage_get_property;
  object_class->set_property = sr_storage_set_property;

  properties[PROP_LOCATION] =
      g_param_spec_string ("location", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_storage_init (SrStorage *self)
{
}

const char *
sr_file_type_name (SrFileType type)
{
  static const char *const names[SR_N_FILE_TYPES] = { "config", "key", "pack",
                                                      "index", "snapshot", "lock" };

  g_return_val_if_fail ((guint) type < SR_N_FILE_TYPES, NULL);
  return names[type];
}

const char *
sr_storage_get_location (SrStorage *self)
{
  SrStoragePrivate *priv = sr_storage_get_instance_private (self);

  return priv->location;
}

gboolean
sr_storage_prepare (SrStorage    *self,
                    GCancellable *cancellable,
                    GError      **error)
{
  SrStorageClass *klass = SR_STORAGE_GET_CLASS (self);

  return klass->prepare == NULL || klass->prepare (self, cancellable, error);
}

gboolean
sr_storage_list (SrStorage        *self,
                 SrFileType        type,
                 SrStorageListFunc func,
                 gpointer          user_data,
                 GCancellable     *cancellable,
                 GError          **error)
{
  return SR_STORAGE_GET_CLASS (self)->list (self, type, func, user_data, cancellable, error);
}

static gboolean
append_file (const SrId *id,
             guint64     size,
             gpointer    user_data,
             GError    **error)
{
  SrStorageFile file = { *id, size };

  g_array_append_val ((GArray *) user_data, file);
  return TRUE;
}

static int
compare_files (gconstpointer a,
               gconstpointer b)
{
  const SrStorageFile *x = a;
  const SrStorageFile *y = b;

  return sr_id_compare (&x->id, &y->id);
}

GArray *
sr_storage_list_all (SrStorage    *self,
                     SrFileType    type,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (SrStorageFile));

  if (!sr_storage_list (self, type, append_file, files, cancellable, error))
    return NULL;
  g_array_sort (files, compare_files);
  return g_steal_pointer (&files);
}

gboolean
sr_storage_get_size (SrStorage    *self,
                     SrFileType    type,
                     const SrId   *id,
                     guint64      *size,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_return_val_if_fail (type == SR_FILE_CONFIG || id != NULL, FALSE);
  return SR_STORAGE_GET_CLASS (self)->get_size (self, type, id, size, cancellable, error);
}

gboolean
sr_storage_read (SrStorage    *self,
                 SrFileType    type,
                 const SrId   *id,
                 guint64       offset,
                 gpointer      buffer,
                 gsize         size,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_return_val_if_fail (type == SR_FILE_CONFIG || id != NULL, FALSE);
  return SR_STORAGE_GET_CLASS (self)->read (self, type, id, offset, buffer, size, cancellable,
                                            error);
}

GBytes *
sr_storage_read_all (SrStorage    *self,
                     SrFileType    type,
                     const SrId   *id,
                     gsize         max_size,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autofree guint8 *buffer = NULL;
  guint64            size;

  if (!sr_storage_get_size (self, type, id, &size, cancellable, error))
    return NULL;
  if (size > max_size)
    {
      char hex[SR_ID_HEX_SIZE];

      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "The %s file%s%s of %s is larger than such a file can be: %" G_GUINT64_FORMAT
                   " bytes, not at most %" G_GSIZE_FORMAT,
                   sr_file_type_name (type), type != SR_FILE_CONFIG ? " " : "",
                   type != SR_FILE_CONFIG ? sr_id_to_hex (id, hex) : "",
                   sr_storage_get_location (self), size, max_size);
      return NULL;
    }
  buffer = g_try_malloc (MAX (size, 1));
  if (buffer == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_FAILED,
                   "Not enough memory to read a %s file of %" G_GUINT64_FORMAT
                   " bytes",
                   sr_file_type_name (type), size);
      return NULL;
    }
  if (size > 0 && !sr_storage_read (self, type, id, 0, buffer, size, cancellable, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&buffer), size);
}

SrStorageWriter *
sr_storage_create (SrStorage    *self,
                   SrFileType    type,
                   guint64       size_hint,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrStorageWriter *writer = g_new0 (SrStorageWriter, 1);

  writer->storage = g_object_ref (self);
  writer->type = type;
  if (!SR_STORAGE_GET_CLASS (self)->writer_open (self, writer, size_hint, cancellable, error))
    {
      free_writer (writer);
      return NULL;
    }
  return writer;
}

gboolean
sr_storage_writer_append (SrStorageWriter *writer,
                          gconstpointer    data,
                          gsize            size,
                          GCancellable    *cancellable,
                          GError         **error)
{
  return SR_STORAGE_GET_CLASS (writer->storage)
      ->writer_append (writer->storage, writer, data, size, cancellable, error);
}

gboolean
sr_storage_writer_commit (SrStorageWriter *writer,
                          const SrId      *id,
                          GCancellable    *cancellable,
                          GError         **error)
{
  static const SrId no_id; /* the driver knows a discarded file by the missing id */
  gboolean          ok;

  g_return_val_if_fail (writer->type == SR_FILE_CONFIG || id != NULL, FALSE);
  if (writer->type == SR_FILE_CONFIG)
    id = &no_id;
  ok = SR_STORAGE_GET_CLASS (writer->storage)
           ->writer_close (writer->storage, writer, id, cancellable, error);
  free_writer (writer);
  return ok;
}

void
sr_storage_writer_abort (SrStorageWriter *writer)
{
  if (writer == NULL)
    return;
  SR_STORAGE_GET_CLASS (writer->storage)->writer_close (writer->storage, writer, NULL, NULL, NULL);
  free_writer (writer);
}

gboolean
sr_storage_write (SrStorage    *self,
                  SrFileType    type,
                  const SrId   *id,
                  gconstpointer data,
                  gsize         size,
                  GCancellable *cancellable,
                  GError      **error)
{
  SrStorageWriter *writer = sr_storage_create (self, type, size, cancellable, error);

  if (writer == NULL)
    return FALSE;
  if (!sr_storage_writer_append (writer, data, size, cancellable, error))
    {
      sr_storage_writer_abort (writer);
      return FALSE;
    }
  return sr_storage_writer_commit (writer, id, cancellable, error);
}

gboolean
sr_storage_remove (SrStorage    *self,
                   SrFileType    type,
                   const SrId   *id,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_return_val_if_fail (type == SR_FILE_CONFIG || id != NULL, FALSE);
  return SR_STORAGE_GET_CLASS (self)->remove (self, type, id, cancellable, error);
}

gboolean
sr_storage_get_free_space (SrStorage *self,
                           guint64   *bytes,
                           GError   **error)
{
  SrStorageClass *klass = SR_STORAGE_GET_CLASS (self);

  if (klass->get_free_space == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "How much space is free at %s cannot be told", sr_storage_get_location (self));
      return FALSE;
    }
  return klass->get_free_space (self, bytes, error);
}

gboolean
sr_storage_set_reserve (SrStorage *self,
                        guint64    bytes,
                        GError   **error)
{
  SrStorageClass *klass = SR_STORAGE_GET_CLASS (self);

  return klass->set_reserve == NULL || klass->set_reserve (self, bytes, error);
}

gboolean
sr_storage_use_reserve (SrStorage *self,
                        GError   **error)
{
  SrStorageClass *klass = SR_STORAGE_GET_CLASS (self);

  return klass->use_reserve == NULL || klass->use_reserve (self, error);
}

gboolean
sr_storage_clean (SrStorage    *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  SrStorageClass *klass = SR_STORAGE_GET_CLASS (self);

  return klass->clean == NULL || klass->clean (self, cancellable, error);
}

/* The length of "scheme" in "scheme:rest", 0 if it is a plain path. One letter is no scheme, and
 * neither is what follows a slash. */
static gsize
scheme_length (const char *location)
{
  gsize n = 0;

  while (g_ascii_isalnum (location[n]) ||
         (n > 0 && strchr ("+.-", location[n]) != NULL && location[n] != '\0'))
    n++;
  return location[n] == ':' && n > 1 ? n : 0;
}

SrStorage *
sr_storage_open (const char *location,
                 GError    **error)
{
  gsize       n = scheme_length (location);
  const char *path = n > 0 ? location + n + 1 : location;

  if (n > 0 && strncmp (location, "local", MAX (n, 5)) != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "Vaults at “%.*s:” cannot be opened: this version knows folders only. "
                   "Give the path of a folder, or “local:” and the path",
                   (int) n, location);
      return NULL;
    }
  if (*path == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "No folder is given for the vault: write its path behind “local:”");
      return NULL;
    }
  return sr_storage_local_new (path);
}
