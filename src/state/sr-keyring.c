/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include "state/sr-keyring.h"

#include "base/sr-error.h"

#include <unistd.h>

#if SR_HAVE_LIBSECRET
#include <libsecret/secret.h>

static const SecretSchema *
get_schema (SrKeyringKind kind)
{
  static const SecretSchema schemas[] = {
    [SR_KEYRING_VAULT] = {
        .name = "io.github.strongroom.Vault",
        .flags = SECRET_SCHEMA_NONE,
        .attributes = { { "key-id", SECRET_SCHEMA_ATTRIBUTE_STRING } },
    },
    [SR_KEYRING_DATABASE] = {
        .name = "io.github.strongroom.Database",
        .flags = SECRET_SCHEMA_NONE,
        .attributes = { { "location", SECRET_SCHEMA_ATTRIBUTE_STRING } },
    },
  };

  return &schemas[kind];
}

static GHashTable *
make_attributes (SrKeyringKind kind,
                 const char   *name)
{
  const SecretSchema *schema = get_schema (kind);

  return secret_attributes_build (schema, schema->attributes[0].name, name, NULL);
}

/* libsecret passes on what D-Bus reports, in many domains; few of them call for different
 * action. */
static SrKeyringResult
explain (const GError *cause,
         GError      **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_CANCELLED, "The operation was cancelled");
      return SR_KEYRING_UNAVAILABLE;
    }
  if (g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_LOCKED,
                           "The keyring is locked; unlock it and try again");
      return SR_KEYRING_LOCKED;
    }
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "The keyring cannot be used: %s", cause->message);
  return SR_KEYRING_UNAVAILABLE;
}

static SrKeyringResult
still_locked (gboolean asked,
              GError **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_LOCKED,
                       asked ? "The keyring stayed locked"
                             : "The keyring is locked; unlock it and try again");
  return asked ? SR_KEYRING_DISMISSED : SR_KEYRING_LOCKED;
}

/**
 * open_default:
 *
 * Some keyrings show nothing at all of what is in them while they are locked, so that a search that
 * finds nothing tells nothing. Where there is no such service (a keyring in a file) there is no
 * lock.
 *
 * Returns: %SR_KEYRING_NONE if the default collection was open all the time, %SR_KEYRING_DONE if it
 *   is open now, so that searching again makes sense
 */
static SrKeyringResult
open_default (gboolean      may_ask,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (SecretService)    service = NULL;
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GError)           local = NULL;
  GList                        one = { 0 };

  service = secret_service_get_sync (SECRET_SERVICE_NONE, cancellable, NULL);
  if (service != NULL)
    collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                                   SECRET_COLLECTION_NONE, cancellable, NULL);
  if (collection == NULL || !secret_collection_get_locked (collection))
    return SR_KEYRING_NONE;
  one.data = collection;
  if (may_ask &&
      secret_service_unlock_sync (service, &one, cancellable, NULL, &local) > 0)
    return SR_KEYRING_DONE;
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return explain (local, error);
  return still_locked (may_ask, error);
}

/* Whether the environment makes libsecret keep a file instead of asking a service. */
static gboolean
is_in_file (void)
{
  return g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") == 0;
}

/**
 * search_once:
 * @found: (out) (transfer full): set for %SR_KEYRING_DONE only
 *
 * Looking a password up answers "none" for a locked keyring, without an error; a search tells of
 * the item, and that it is locked.
 */
static SrKeyringResult
search_once (SrKeyringKind       kind,
             const char         *name,
             gboolean            may_ask,
             SecretRetrievable **found,
             GCancellable       *cancellable,
             GError            **error)
{
  g_autoptr (GHashTable) attributes = make_attributes (kind, name);
  g_autoptr (GError)     local = NULL;
  SecretSearchFlags      flags = SECRET_SEARCH_LOAD_SECRETS;
  SrKeyringResult        result = SR_KEYRING_NONE;
  GList                 *items;

  if (may_ask)
    flags |= SECRET_SEARCH_UNLOCK;
  items = secret_password_searchv_sync (get_schema (kind), attributes, flags, cancellable, &local);
  if (local != NULL)
    result = explain (local, error);
  else if (items != NULL && SECRET_IS_ITEM (items->data) && secret_item_get_locked (items->data))
    result = still_locked (may_ask, error);
  else if (items != NULL)
    {
      *found = g_object_ref (items->data);
      result = SR_KEYRING_DONE;
    }
  g_list_free_full (items, g_object_unref);
  return result;
}

/* The same, and that there is none is only believed where the keyring is open. */
static SrKeyringResult
search (SrKeyringKind       kind,
        const char         *name,
        gboolean            may_ask,
        SecretRetrievable **found,
        GCancellable       *cancellable,
        GError            **error)
{
  SrKeyringResult result = search_once (kind, name, may_ask, found, cancellable, error);

  if (result != SR_KEYRING_NONE || is_in_file ())
    return result;
  result = open_default (may_ask, cancellable, error);
  if (result != SR_KEYRING_DONE)
    return result;
  return search_once (kind, name, may_ask, found, cancellable, error);
}

SrKeyringResult
sr_keyring_lookup (SrKeyringKind kind,
                   const char   *name,
                   gboolean      may_ask,
                   SrSecret    **password,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (SecretRetrievable) item = NULL;
  g_autoptr (GError)            local = NULL;
  SecretValue                  *value;
  const char                   *text;
  gsize                         size;
  SrKeyringResult               result = search (kind, name, may_ask, &item, cancellable, error);

  *password = NULL;
  if (result != SR_KEYRING_DONE)
    return result;
  value = secret_retrievable_retrieve_secret_sync (item, cancellable, &local);
  if (local != NULL)
    return explain (local, error);
  if (value == NULL)
    return still_locked (may_ask, error);
  text = secret_value_get (value, &size);
  *password = sr_secret_new_from (text, size);
  secret_value_unref (value);
  return SR_KEYRING_DONE;
}

SrKeyringResult
sr_keyring_store (SrKeyringKind kind,
                  const char   *name,
                  const char   *label,
                  SrSecret     *password,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autoptr (GHashTable) attributes = make_attributes (kind, name);
  g_autoptr (GError)     local = NULL;
  SecretValue           *value;
  gboolean               stored;

  value = secret_value_new (sr_secret_get_data (password), (gssize) sr_secret_get_size (password),
                            "text/plain");
  stored = secret_password_storev_binary_sync (
      get_schema (kind), attributes, SECRET_COLLECTION_DEFAULT, label, value, cancellable, &local);
  secret_value_unref (value);
  if (stored)
    return SR_KEYRING_DONE;
  if (local != NULL)
    return explain (local, error);
  return still_locked (TRUE, error);
}

SrKeyringResult
sr_keyring_clear (SrKeyringKind kind,
                  const char   *name,
                  gboolean      may_ask,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autoptr (GHashTable)        attributes = make_attributes (kind, name);
  g_autoptr (SecretRetrievable) item = NULL;
  g_autoptr (GError)            local = NULL;
  SrKeyringResult               result = search (kind, name, may_ask, &item, cancellable, error);

  if (result != SR_KEYRING_DONE)
    return result;
  if (secret_password_clearv_sync (get_schema (kind), attributes, cancellable, &local))
    return SR_KEYRING_DONE;
  if (local != NULL)
    return explain (local, error);
  return still_locked (may_ask, error);
}

gboolean
sr_keyring_is_supported (void)
{
  return TRUE;
}

#else

static SrKeyringResult
fail_unsupported (GError **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "This program was built without support for keyrings");
  return SR_KEYRING_UNSUPPORTED;
}

SrKeyringResult
sr_keyring_lookup (SrKeyringKind kind,
                   const char   *name,
                   gboolean      may_ask,
                   SrSecret    **password,
                   GCancellable *cancellable,
                   GError      **error)
{
  *password = NULL;
  return fail_unsupported (error);
}

SrKeyringResult
sr_keyring_store (SrKeyringKind kind,
                  const char   *name,
                  const char   *label,
                  SrSecret     *password,
                  GCancellable *cancellable,
                  GError      **error)
{
  return fail_unsupported (error);
}

SrKeyringResult
sr_keyring_clear (SrKeyringKind kind,
                  const char   *name,
                  gboolean      may_ask,
                  GCancellable *cancellable,
                  GError      **error)
{
  return fail_unsupported (error);
}

gboolean
sr_keyring_is_supported (void)
{
  return FALSE;
}

#endif

gboolean
sr_keyring_is_reachable (void)
{
  const char      *runtime = g_getenv ("XDG_RUNTIME_DIR");
  const char      *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *bus = NULL;

  if (!sr_keyring_is_supported ())
    return FALSE;
  if (address != NULL)
    return !g_str_has_prefix (address, "disabled:");
  bus = runtime != NULL ? g_build_filename (runtime, "bus", NULL) : NULL;
  return bus != NULL && access (bus, F_OK) == 0;
}
