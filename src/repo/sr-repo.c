/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-user.h"
#include "crypto/sr-digest.h"
#include "crypto/sr-random.h"
#include "repo/sr-key.h"
#include "repo/sr-repo-private.h"

#define MAX_CONFIG_SIZE (64 * 1024)
/* restic closes an index below 8 MiB; one of a vault with other writers may be larger. */
#define MAX_UNPACKED_SIZE (256 * 1024 * 1024)
#define MAX_JSON_SIZE     (1024 * 1024 * 1024)
/* Idle codecs that are kept. */
#define MAX_IDLE 16

G_DEFINE_FINAL_TYPE (SrRepo, sr_repo, G_TYPE_OBJECT)

static void
sr_repo_finalize (GObject *object)
{
  SrRepo *self = SR_REPO (object);

  g_clear_object (&self->storage);
  g_clear_pointer (&self->master, sr_secret_unref);
  sr_sealer_free (self->sealer);
  g_free (self->tables);
  sr_clock_unref (self->clock);
  sr_index_free (self->index);
  g_ptr_array_unref (self->codecs);
  g_array_unref (self->damaged_snapshots);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sr_repo_parent_class)->finalize (object);
}

static void
sr_repo_class_init (SrRepoClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_repo_finalize;
}

static void
sr_repo_init (SrRepo *self)
{
  g_mutex_init (&self->lock);
  self->index = sr_index_new ();
  self->codecs = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_blob_codec_free);
  self->damaged_snapshots = g_array_new (FALSE, FALSE, sizeof (SrId));
}

static SrRepo *
new_repo (SrStorage *storage,
          SrSecret  *master,
          GError   **error)
{
  g_autoptr (SrRepo) self = g_object_new (SR_TYPE_REPO, NULL);

  self->storage = g_object_ref (storage);
  self->master = sr_secret_ref (master);
  self->sealer = sr_sealer_new (master, error);
  return self->sealer != NULL ? g_steal_pointer (&self) : NULL;
}

static gboolean
load_config (SrRepo       *self,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr (GBytes) sealed = NULL;
  g_autofree guint8 *json = NULL;
  gconstpointer      data;
  gsize              size;

  sealed = sr_storage_read_all (self->storage, SR_FILE_CONFIG, NULL, MAX_CONFIG_SIZE, cancellable,
                                error);
  if (sealed == NULL)
    return FALSE;
  data = g_bytes_get_data (sealed, &size);
  json = g_malloc (size + 1);
  if (!sr_sealer_open (self->sealer, data, size, json, error) ||
      !sr_config_decode (&self->config, json, size - SR_SEAL_OVERHEAD, error))
    {
      g_prefix_error (error, "The file config of the vault %s cannot be used: ",
                      sr_storage_get_location (self->storage));
      return FALSE;
    }
  self->tables = g_new (SrChunkerTables, 1);
  sr_chunker_tables_init (self->tables, self->config.polynomial);
  return TRUE;
}

/* config is sealed, but neither compressed nor marked (format notes 1.2). */
static gboolean
write_config (SrRepo         *self,
              const SrConfig *config,
              GCancellable   *cancellable,
              GError        **error)
{
  g_autoptr (GString) json = sr_config_encode (config);
  g_autofree guint8  *sealed = g_malloc (json->len + SR_SEAL_OVERHEAD);

  sr_sealer_seal (self->sealer, json->str, json->len, sealed);
  return sr_storage_write (self->storage, SR_FILE_CONFIG, NULL, sealed,
                           json->len + SR_SEAL_OVERHEAD, cancellable, error);
}

/* Returns: 1 if there is a config file, 0 if not, -1 with @error set */
static int
has_config (SrStorage    *storage,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GError) why = NULL;
  guint64            size;

  if (sr_storage_get_size (storage, SR_FILE_CONFIG, NULL, &size, cancellable, &why))
    return 1;
  if (sr_error_is (why, SR_ERROR_NOT_FOUND))
    return 0;
  g_propagate_error (error, g_steal_pointer (&why));
  return -1;
}

/* The key first: once there is a config file, there is a vault. */
static SrRepo *
create_files (SrStorage            *storage,
              SrSecret             *password,
              const SrConfig       *config,
              const SrScryptParams *params,
              GCancellable         *cancellable,
              GError              **error)
{
  g_autoptr (SrSecret) master = sr_secret_new (SR_KEY_SIZE);
  g_autoptr (SrRepo)   self = NULL;
  SrId                 key_id;

  sr_random_bytes (sr_secret_get_writable (master), SR_KEY_SIZE);
  self = new_repo (storage, master, error);
  if (self == NULL || !sr_key_add (storage, master, password, sr_get_user_name (),
                                   g_get_host_name (), params, &key_id, cancellable, error))
    return NULL;
  self->key_id = key_id;
  if (!write_config (self, config, cancellable, error))
    {
      (void) sr_storage_remove (storage, SR_FILE_KEY, &key_id, NULL, NULL);
      return NULL;
    }
  if (!load_config (self, NULL, error))
    {
      (void) sr_storage_remove (storage, SR_FILE_CONFIG, NULL, NULL, NULL);
      (void) sr_storage_remove (storage, SR_FILE_KEY, &key_id, NULL, NULL);
      return NULL;
    }
  return g_steal_pointer (&self);
}

SrRepo *
sr_repo_create (SrStorage            *storage,
                SrSecret             *password,
                const SrChunkSizes   *database_chunks,
                const SrScryptParams *params,
                GCancellable         *cancellable,
                GError              **error)
{
  SrConfig config = { .version = 2 };
  int      exists = has_config (storage, cancellable, error);

  if (exists < 0)
    return NULL;
  if (exists > 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS, "There is a vault at %s already",
                   sr_storage_get_location (storage));
      return NULL;
    }
  if (!sr_storage_prepare (storage, cancellable, error))
    return NULL;
  sr_random_bytes (&config.id, sizeof config.id);
  config.polynomial = sr_polynomial_new_random ();
  config.database_chunks = database_chunks != NULL ? *database_chunks : sr_chunk_sizes_database;
  return create_files (storage, password, &config, params, cancellable, error);
}

SrRepo *
sr_repo_open (SrStorage    *storage,
              SrSecret     *password,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (SrSecret) master = NULL;
  g_autoptr (SrRepo)   self = NULL;
  SrId                 key_id;
  int                  exists = has_config (storage, cancellable, error);

  if (exists < 0)
    return NULL;
  if (exists == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                   "There is no vault at %s (no file “config”)", sr_storage_get_location (storage));
      return NULL;
    }
  master = sr_key_search (storage, password, &key_id, cancellable, error);
  if (master == NULL)
    return NULL;
  self = new_repo (storage, master, error);
  if (self == NULL || !load_config (self, cancellable, error))
    return NULL;
  self->key_id = key_id;
  return g_steal_pointer (&self);
}

SrStorage *
sr_repo_get_storage (SrRepo *self)
{
  return self->storage;
}

const SrConfig *
sr_repo_get_config (SrRepo *self)
{
  return &self->config;
}

SrSealer *
sr_repo_get_sealer (SrRepo *self)
{
  return self->sealer;
}

SrSecret *
sr_repo_get_master_key (SrRepo *self)
{
  return self->master;
}

const SrId *
sr_repo_get_key_id (SrRepo *self)
{
  return &self->key_id;
}

const SrChunkerTables *
sr_repo_get_chunker_tables (SrRepo *self)
{
  return self->tables;
}

void
sr_repo_set_clock (SrRepo  *self,
                   SrClock *clock)
{
  SrClock *old = self->clock;

  self->clock = sr_clock_ref (clock);
  sr_clock_unref (old);
}

SrClock *
sr_repo_get_clock (SrRepo *self)
{
  return self->clock;
}

gboolean
sr_repo_check_writable (SrRepo  *self,
                        GError **error)
{
  if (self->config.version >= 2)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "The vault %s has format version %u, which can be read but not written; “restic "
               "migrate upgrade_repo_v2” upgrades it",
               sr_storage_get_location (self->storage), self->config.version);
  return FALSE;
}

SrBlobCodec *
sr_repo_new_codec (SrRepo       *self,
                   SrCompression compression)
{
  return sr_blob_codec_new (self->sealer, self->config.version, compression);
}

SrBlobCodec *
sr_repo_take_codec (SrRepo *self)
{
  SrBlobCodec *codec = NULL;

  g_mutex_lock (&self->lock);
  if (self->codecs->len > 0)
    codec = g_ptr_array_steal_index_fast (self->codecs, self->codecs->len - 1);
  g_mutex_unlock (&self->lock);
  return codec != NULL ? codec : sr_repo_new_codec (self, SR_COMPRESSION_AUTO);
}

void
sr_repo_give_codec (SrRepo      *self,
                    SrBlobCodec *codec)
{
  g_mutex_lock (&self->lock);
  if (self->codecs->len < MAX_IDLE)
    g_ptr_array_add (self->codecs, g_steal_pointer (&codec));
  g_mutex_unlock (&self->lock);
  sr_blob_codec_free (codec);
}

SrIndex *
sr_repo_get_index (SrRepo *self)
{
  return self->index;
}

void
sr_repo_set_index (SrRepo  *self,
                   SrIndex *index)
{
  sr_index_free (self->index);
  self->index = index;
}

gboolean
sr_repo_save_unpacked (SrRepo       *self,
                       SrFileType    type,
                       gconstpointer json,
                       gsize         size,
                       SrId         *id,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrBlobCodec       *codec = sr_repo_take_codec (self);
  g_autoptr (GBytes) sealed = sr_blob_codec_seal_unpacked (codec, json, size, error);
  gconstpointer      data;
  gsize              sealed_size;

  sr_repo_give_codec (self, codec);
  if (sealed == NULL)
    return FALSE;
  data = g_bytes_get_data (sealed, &sealed_size);
  sr_sha256 (data, sealed_size, id);
  return sr_storage_write (self->storage, type, id, data, sealed_size, cancellable, error);
}

static GBytes *
open_unpacked (SrRepo     *self,
               const SrId *id,
               GBytes     *sealed,
               GError    **error)
{
  SrBlobCodec  *codec;
  GBytes       *json;
  gsize         size;
  gconstpointer data = g_bytes_get_data (sealed, &size);
  SrId          found;

  sr_sha256 (data, size, &found);
  if (!sr_id_equal (&found, id))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                           "Its content is not what its name says");
      return NULL;
    }
  codec = sr_repo_take_codec (self);
  json = sr_blob_codec_open_unpacked (codec, data, size, MAX_JSON_SIZE, error);
  sr_repo_give_codec (self, codec);
  return json;
}

GBytes *
sr_repo_load_unpacked (SrRepo       *self,
                       SrFileType    type,
                       const SrId   *id,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GBytes) sealed = NULL;
  GBytes            *json;
  char               hex[SR_ID_HEX_SIZE];

  sealed = sr_storage_read_all (self->storage, type, id, MAX_UNPACKED_SIZE, cancellable, error);
  if (sealed == NULL)
    return NULL;
  json = open_unpacked (self, id, sealed, error);
  if (json == NULL)
    g_prefix_error (error, "The %s file %s cannot be used: ", sr_file_type_name (type),
                    sr_id_to_hex (id, hex));
  return json;
}

gboolean
sr_repo_report_damage (SrFileType   type,
                       const SrId  *id,
                       GError      *why,
                       SrDamageFunc damaged,
                       gpointer     user_data,
                       GError     **error)
{
  gboolean fatal = sr_error_is (why, SR_ERROR_CANCELLED) || sr_error_is (why, SR_ERROR_NETWORK) ||
                   sr_error_is (why, SR_ERROR_AUTH) || sr_error_is (why, SR_ERROR_TIMEOUT);

  if (fatal || damaged == NULL)
    {
      g_propagate_error (error, why);
      return FALSE;
    }
  damaged (type, id, why, user_data);
  g_error_free (why);
  return TRUE;
}
