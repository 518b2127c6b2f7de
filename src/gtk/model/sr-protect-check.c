/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-protect-check.h"

#include <glib/gi18n.h>

#include "base/sr-worker.h"
#include "job/sr-vault.h"

typedef struct
{
  char     *vault;
  SrSecret *password;
} Check;

static void
free_check (gpointer data)
{
  Check *check = data;

  g_clear_pointer (&check->password, sr_secret_unref);
  g_free (check->vault);
  g_free (check);
}

static gboolean
do_check (gpointer      data,
          GCancellable *cancellable,
          GError      **error)
{
  Check             *check = data;
  g_autoptr (SrRepo) repo = sr_vault_open (check->vault, check->password, cancellable, error);

  return repo != NULL;
}

static void
on_checked (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask)  task = data;
  g_autoptr (GError) error = NULL;

  if (sr_worker_run_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
sr_protect_check_password_async (SrProtect          *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            data)
{
  const SrVaultPlace *place = sr_protect_get_place (self);
  SrSecret           *password = sr_protect_get_password (self);
  GTask              *task = g_task_new (self, cancellable, callback, data);
  Check              *check;

  g_task_set_check_cancellable (task, FALSE);
  if (place == NULL || place->kind != SR_VAULT_PLACE_EXISTING || password == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  check = g_new0 (Check, 1);
  check->vault = g_strdup (place->path);
  check->password = sr_secret_ref (password);
  g_task_set_task_data (task, check, free_check);
  sr_worker_run_async ("vault-password", do_check, check, NULL, cancellable, on_checked, task);
}

gboolean
sr_protect_check_password_finish (SrProtect    *self,
                                  GAsyncResult *result,
                                  GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

GPtrArray *
sr_protect_make_kit (SrProtect *self)
{
  const SrVaultPlace   *place = sr_protect_get_place (self);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char      *made = g_date_time_format (now, "%Y-%m-%d %H:%M");
  g_autofree char      *name = NULL;
  SrRecoveryKitFacts    facts = { 0 };

  g_object_get (self, "name", &name, NULL);
  facts.site = name;
  facts.location = place != NULL ? place->path : "";
  facts.made = made;
  facts.password = sr_protect_get_password (self);
  return sr_recovery_kit_new (&facts);
}

const char *
sr_strength_title (guint strength)
{
  static const char *const titles[] = {
    N_ ("Nothing typed yet"),
    N_ ("Weak: whoever has the vault finds it in a short while"),
    N_ ("Fair: it holds against a chance finder"),
    N_ ("Good: it holds against somebody who spends money on it"),
    N_ ("Strong: it holds"),
  };

  return _ (titles[MIN (strength, G_N_ELEMENTS (titles) - 1)]);
}
