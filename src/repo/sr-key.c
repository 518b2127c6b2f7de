/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "crypto/sr-digest.h"
#include "crypto/sr-random.h"
#include "crypto/sr-sealer.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-key.h"
#include "repo/sr-time.h"

#define SALT_SIZE      64
#define MAX_FILE_SIZE  (64 * 1024)
#define MAX_JSON_DEPTH 4
#define MAX_DATA_SIZE  4096
/* As many keys as restic tries. */
#define MAX_TRIED  20
#define DEFAULT_MS 500

/* Where the parts of the master key stand in its 64 bytes. */
#define ENCRYPT_OFFSET 0
#define ENCRYPT_SIZE   32
#define MAC_K_OFFSET   32
#define MAC_R_OFFSET   48
#define MAC_PART_SIZE  16

/* A key file: what it tells, and what its password opens. */
typedef struct
{
  SrKeyInfo *info;
  guint8     salt[SALT_SIZE];
  guint8    *data;
  gsize      data_size;
} KeyFile;

static void
key_file_free (KeyFile *self)
{
  if (self == NULL)
    return;
  sr_key_info_free (self->info);
  g_free (self->data);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeyFile, key_file_free)

void
sr_key_info_free (SrKeyInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->created);
  g_free (self->username);
  g_free (self->hostname);
  g_free (self);
}

static gboolean
get_cost (JsonObject *object,
          const char *member,
          guint32    *value,
          GError    **error)
{
  gint64 n;

  if (!sr_json_get_int64 (object, member, &n, error))
    return FALSE;
  if (n < 1 || n > G_MAXUINT32)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "%s is out of range", member);
      return FALSE;
    }
  *value = (guint32) n;
  return TRUE;
}

/* Returns: (transfer full) (nullable): bytes of a member in base 64 */
static guint8 *
get_base64 (JsonObject *object,
            const char *member,
            gsize      *size,
            GError    **error)
{
  const char *text;
  guint8     *data;

  if (!sr_json_get_string (object, member, &text, error))
    return NULL;
  data = g_base64_decode (text, size);
  if (data != NULL && *size > 0 && *size <= MAX_DATA_SIZE)
    return data;
  g_free (data);
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "%s is empty or far too long", member);
  return NULL;
}

static gboolean
fill_key_file (KeyFile    *self,
               JsonObject *object,
               GError    **error)
{
  SrKeyInfo         *info = self->info;
  const char        *kdf;
  g_autofree guint8 *salt = NULL;
  gsize              salt_size;

  if (!sr_json_get_string (object, "kdf", &kdf, error))
    return FALSE;
  if (strcmp (kdf, "scrypt") != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "Its password is derived by “%s”, which this version does not know", kdf);
      return FALSE;
    }
  if (!get_cost (object, "N", &info->params.n, error) ||
      !get_cost (object, "r", &info->params.r, error) ||
      !get_cost (object, "p", &info->params.p, error))
    return FALSE;
  salt = get_base64 (object, "salt", &salt_size, error);
  if (salt == NULL)
    return FALSE;
  if (salt_size != SALT_SIZE)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "salt is not 64 bytes long");
      return FALSE;
    }
  memcpy (self->salt, salt, SALT_SIZE);
  self->data = get_base64 (object, "data", &self->data_size, error);
  info->created = g_strdup (sr_json_string_or (object, "created", ""));
  info->username = g_strdup (sr_json_string_or (object, "username", ""));
  info->hostname = g_strdup (sr_json_string_or (object, "hostname", ""));
  return self->data != NULL;
}

/* What is malformed in a vault's file is damage. */
static void
set_unusable (GError      **error,
              const GError *why,
              const SrId   *id)
{
  char hex[SR_ID_HEX_SIZE];
  gint code = sr_error_is (why, SR_ERROR_INVALID) ? (gint) SR_ERROR_DAMAGED : why->code;

  g_set_error (error, SR_ERROR, code, "Key file %s cannot be used: %s", sr_id_to_hex (id, hex),
               why->message);
}

static KeyFile *
load_key_file (SrStorage    *storage,
               const SrId   *id,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (KeyFile)    self = g_new0 (KeyFile, 1);
  g_autoptr (GBytes)     bytes = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError)     why = NULL;
  gconstpointer          text;
  gsize                  size;

  self->info = g_new0 (SrKeyInfo, 1);
  self->info->id = *id;
  bytes = sr_storage_read_all (storage, SR_FILE_KEY, id, MAX_FILE_SIZE, cancellable, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  object = sr_json_parse_object (text, size, MAX_FILE_SIZE, MAX_JSON_DEPTH, &why);
  if (object != NULL && fill_key_file (self, object, &why))
    return g_steal_pointer (&self);
  set_unusable (error, why, id);
  return NULL;
}

/* Decodes the base 64 text that follows "@name": in @json into @out. Nothing of it touches memory
 * that is not locked. */
static gboolean
find_key_part (const char *json,
               const char *name,
               guint8     *out,
               gsize       size)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", name);
  const char      *at = strstr (json, quoted);
  const char      *end;
  guint8           part[ENCRYPT_SIZE + 3];
  gint             state = 0;
  guint            save = 0;
  gsize            n;

  if (at == NULL)
    return FALSE;
  at += strlen (quoted);
  at += strspn (at, " \t\r\n");
  if (*at++ != ':')
    return FALSE;
  at += strspn (at, " \t\r\n");
  if (*at++ != '"')
    return FALSE;
  end = strchr (at, '"');
  if (end == NULL || (gsize) (end - at) != (size + 2) / 3 * 4)
    return FALSE;
  n = g_base64_decode_step (at, (gsize) (end - at), part, &state, &save);
  if (n == size)
    memcpy (out, part, size);
  sr_secret_wipe (part, sizeof part);
  return n == size;
}

static SrSecret *
parse_master_key (SrSecret *json)
{
  g_autoptr (SrSecret) master = sr_secret_new (SR_KEY_SIZE);
  guint8              *bytes = sr_secret_get_writable (master);
  const char          *text = sr_secret_get_data (json);

  if (!find_key_part (text, "encrypt", bytes + ENCRYPT_OFFSET, ENCRYPT_SIZE) ||
      !find_key_part (text, "k", bytes + MAC_K_OFFSET, MAC_PART_SIZE) ||
      !find_key_part (text, "r", bytes + MAC_R_OFFSET, MAC_PART_SIZE))
    return NULL;
  return g_steal_pointer (&master);
}

/* Returns: (transfer full): the master key; %SR_ERROR_WRONG_PASSWORD or what is wrong with the file
 * */
static SrSecret *
open_key_file (KeyFile  *self,
               SrSecret *password,
               GError  **error)
{
  g_autoptr (SrSecret) user_key = NULL;
  g_autoptr (SrSealer) sealer = NULL;
  g_autoptr (SrSecret) json = NULL;
  g_autoptr (SrSecret) master = NULL;

  user_key = sr_scrypt (password, self->salt, SALT_SIZE, &self->info->params, SR_KEY_SIZE, error);
  if (user_key == NULL)
    return NULL;
  sealer = sr_sealer_new (user_key, error);
  if (sealer == NULL)
    return NULL;
  /* One byte more, which stays zero, ends the text. */
  json = sr_secret_new (self->data_size + 1);
  if (self->data_size < SR_SEAL_OVERHEAD ||
      !sr_sealer_open (sealer, self->data, self->data_size, sr_secret_get_writable (json), NULL))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD, "The password is wrong");
      return NULL;
    }
  master = parse_master_key (json);
  if (master == NULL)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "The master key in it is malformed");
  return g_steal_pointer (&master);
}

static void
append_key_part (GByteArray   *json,
                 const char   *name,
                 const guint8 *part,
                 gsize         size)
{
  char  text[64];
  gint  state = 0;
  gint  save = 0;
  gsize n = g_base64_encode_step (part, size, FALSE, text, &state, &save);

  n += g_base64_encode_close (FALSE, text + n, &state, &save);
  g_byte_array_append (json, (const guint8 *) name, (guint) strlen (name));
  g_byte_array_append (json, (const guint8 *) text, (guint) n);
  sr_secret_wipe (text, sizeof text);
}

/* Returns: (transfer full): the master key as JSON, sealed with the key that @password gives */
static GBytes *
seal_master_key (SrSecret             *master,
                 SrSecret             *password,
                 const guint8          salt[SALT_SIZE],
                 const SrScryptParams *params,
                 GError              **error)
{
  const guint8          *bytes = sr_secret_get_data (master);
  g_autoptr (SrSecret)   user_key = NULL;
  g_autoptr (SrSealer)   sealer = NULL;
  g_autoptr (GByteArray) json = g_byte_array_sized_new (256);
  guint8                *sealed;

  user_key = sr_scrypt (password, salt, SALT_SIZE, params, SR_KEY_SIZE, error);
  if (user_key == NULL)
    return NULL;
  sealer = sr_sealer_new (user_key, error);
  if (sealer == NULL)
    return NULL;
  append_key_part (json, "{\"mac\":{\"k\":\"", bytes + MAC_K_OFFSET, MAC_PART_SIZE);
  append_key_part (json, "\",\"r\":\"", bytes + MAC_R_OFFSET, MAC_PART_SIZE);
  append_key_part (json, "\"},\"encrypt\":\"", bytes + ENCRYPT_OFFSET, ENCRYPT_SIZE);
  g_byte_array_append (json, (const guint8 *) "\"}", 2);
  sealed = g_malloc (json->len + SR_SEAL_OVERHEAD);
  sr_sealer_seal (sealer, json->data, json->len, sealed);
  sr_secret_wipe (json->data, json->len);
  return g_bytes_new_take (sealed, json->len + SR_SEAL_OVERHEAD);
}

static GString *
encode_key_file (const char           *username,
                 const char           *hostname,
                 const guint8          salt[SALT_SIZE],
                 const SrScryptParams *params,
                 GBytes               *data)
{
  GString        *json = g_string_new ("{\"created\":\"");
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  sr_time_append_local (json, &now);
  g_string_append (json, "\",\"username\":");
  sr_json_append_string (json, username != NULL ? username : "", -1);
  g_string_append (json, ",\"hostname\":");
  sr_json_append_string (json, hostname != NULL ? hostname : "", -1);
  g_string_append_printf (json, ",\"kdf\":\"scrypt\",\"N\":%u,\"r\":%u,\"p\":%u,\"salt\":",
                          params->n, params->r, params->p);
  sr_json_append_base64 (json, salt, SALT_SIZE);
  g_string_append (json, ",\"data\":");
  sr_json_append_base64 (json, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  g_string_append_c (json, '}');
  return json;
}

/* Whether the file that now lies in the vault opens @master with @password. */
static gboolean
verify_key (SrStorage    *storage,
            const SrId   *id,
            SrSecret     *master,
            SrSecret     *password,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (KeyFile)  file = load_key_file (storage, id, cancellable, error);
  g_autoptr (SrSecret) found = file != NULL ? open_key_file (file, password, error) : NULL;

  if (found == NULL)
    return FALSE;
  if (sr_secret_equal (found, master))
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "The new key file was read back and does not hold the vault's key");
  return FALSE;
}

gboolean
sr_key_add (SrStorage            *storage,
            SrSecret             *master,
            SrSecret             *password,
            const char           *username,
            const char           *hostname,
            const SrScryptParams *params,
            SrId                 *id,
            GCancellable         *cancellable,
            GError              **error)
{
  SrScryptParams      calibrated;
  guint8              salt[SALT_SIZE];
  g_autoptr (GBytes)  data = NULL;
  g_autoptr (GString) json = NULL;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (params == NULL)
    {
      sr_scrypt_calibrate (DEFAULT_MS, &calibrated);
      params = &calibrated;
    }
  sr_random_bytes (salt, sizeof salt);
  data = seal_master_key (master, password, salt, params, error);
  if (data == NULL)
    return FALSE;
  json = encode_key_file (username, hostname, salt, params, data);
  sr_sha256 (json->str, json->len, id);
  if (!sr_storage_write (storage, SR_FILE_KEY, id, json->str, json->len, cancellable, error))
    {
      g_prefix_error (error, "The new key cannot be stored: ");
      return FALSE;
    }
  if (verify_key (storage, id, master, password, cancellable, error))
    return TRUE;
  (void) sr_storage_remove (storage, SR_FILE_KEY, id, NULL, NULL);
  return FALSE;
}

/* Not the file's fault: the next one will fare no better. */
static gboolean
is_fatal (const GError *error)
{
  return sr_error_is (error, SR_ERROR_CANCELLED) || sr_error_is (error, SR_ERROR_NETWORK) ||
         sr_error_is (error, SR_ERROR_AUTH) || sr_error_is (error, SR_ERROR_TIMEOUT);
}

static void
set_not_opened (GError      **error,
                const GArray *files,
                guint         n_tried,
                const GError *damage)
{
  if (files->len == 0)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                         "The vault has no key files, without which nobody can open it; copy its "
                         "folder “keys” back from where there is one");
  else if (n_tried == 0)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "None of the vault's keys can be read: %s",
                 damage != NULL ? damage->message : "");
  else if (n_tried >= MAX_TRIED)
    g_set_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                 "The password opens none of the first %u keys of the vault; it has %u, and more "
                 "are not tried",
                 n_tried, files->len);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                 "The password opens none of the vault's keys%s%s",
                 damage != NULL ? ". " : "", damage != NULL ? damage->message : "");
}

SrSecret *
sr_key_search (SrStorage    *storage,
               SrSecret     *password,
               SrId         *used,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GArray) files = sr_storage_list_all (storage, SR_FILE_KEY, cancellable, error);
  g_autoptr (GError) damage = NULL;
  guint              n_tried = 0;

  if (files == NULL)
    return NULL;
  for (guint i = 0; i < files->len && n_tried < MAX_TRIED; i++)
    {
      const SrId          *id = &g_array_index (files, SrStorageFile, i).id;
      g_autoptr (GError)   wrong = NULL;
      g_autoptr (KeyFile)  file = NULL;
      g_autoptr (SrSecret) master = NULL;

      if (sr_check_cancelled (cancellable, error))
        return NULL;
      file = load_key_file (storage, id, cancellable, &wrong);
      if (file != NULL)
        master = open_key_file (file, password, &wrong);
      if (master != NULL)
        {
          if (used != NULL)
            *used = *id;
          return g_steal_pointer (&master);
        }
      if (is_fatal (wrong))
        {
          g_propagate_error (error, g_steal_pointer (&wrong));
          return NULL;
        }
      if (sr_error_is (wrong, SR_ERROR_WRONG_PASSWORD))
        n_tried++;
      else if (damage == NULL)
        damage = g_steal_pointer (&wrong);
    }
  set_not_opened (error, files, n_tried, damage);
  return NULL;
}

GPtrArray *
sr_key_list (SrStorage    *storage,
             guint        *n_unreadable,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr (GArray)    files = sr_storage_list_all (storage, SR_FILE_KEY, cancellable, error);
  g_autoptr (GPtrArray) infos = NULL;

  if (files == NULL)
    return NULL;
  infos = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_key_info_free);
  if (n_unreadable != NULL)
    *n_unreadable = 0;
  for (guint i = 0; i < files->len; i++)
    {
      const SrId         *id = &g_array_index (files, SrStorageFile, i).id;
      g_autoptr (GError)  wrong = NULL;
      g_autoptr (KeyFile) file = load_key_file (storage, id, cancellable, &wrong);

      if (file != NULL)
        g_ptr_array_add (infos, g_steal_pointer (&file->info));
      else if (is_fatal (wrong))
        {
          g_propagate_error (error, g_steal_pointer (&wrong));
          return NULL;
        }
      else if (n_unreadable != NULL)
        (*n_unreadable)++;
    }
  return g_steal_pointer (&infos);
}

gboolean
sr_key_remove (SrStorage    *storage,
               const SrId   *id,
               const SrId   *in_use,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GPtrArray) infos = NULL;
  gboolean              another = FALSE;

  if (in_use != NULL && sr_id_equal (id, in_use))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                           "This is the key with which the vault is open; open it with another "
                           "password to remove this one");
      return FALSE;
    }
  infos = sr_key_list (storage, NULL, cancellable, error);
  if (infos == NULL)
    return FALSE;
  for (guint i = 0; i < infos->len && !another; i++)
    another = !sr_id_equal (&((SrKeyInfo *) infos->pdata[i])->id, id);
  if (!another)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                           "This is the vault's last key; without it nobody could open the vault");
      return FALSE;
    }
  return sr_storage_remove (storage, SR_FILE_KEY, id, cancellable, error);
}

gboolean
sr_key_change (SrStorage            *storage,
               SrSecret             *master,
               const SrId           *old,
               SrSecret             *password,
               const char           *username,
               const char           *hostname,
               const SrScryptParams *params,
               SrId                 *id,
               GCancellable         *cancellable,
               GError              **error)
{
  if (!sr_key_add (storage, master, password, username, hostname, params, id, cancellable, error))
    return FALSE;
  if (sr_key_remove (storage, old, id, cancellable, error))
    return TRUE;
  g_prefix_error (error, "The new password works, but the old one could not be removed: ");
  return FALSE;
}
