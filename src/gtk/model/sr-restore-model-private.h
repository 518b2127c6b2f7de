/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-restore-model.h"

G_BEGIN_DECLS

/* The model's own files see this; all else goes through its header. */

enum
{
  /* what a person writes */
  PROP_TERMS = 1,
  PROP_PATH,
  PROP_HOST,
  PROP_PORT,
  PROP_USER,
  PROP_DATABASE,
  PROP_SOCKET,
  PROP_SCHEMA,
  PROP_TLS,
  PROP_TYPED_NAME,
  PROP_SAFETY,
  N_WRITABLE_TEXTS,
  /* what is found out */
  PROP_WHAT_REASON = N_WRITABLE_TEXTS,
  PROP_WHERE_REASON,
  PROP_HOST_ERROR,
  PROP_PASSWORD_ERROR,
  PROP_CHECKS_STATE,
  PROP_CHECKS_SENTENCE,
  PROP_LOSS_SENTENCE,
  PROP_EXPECTED_NAME,
  PROP_LOSS_REASON,
  N_TEXTS,
  PROP_WHAT = N_TEXTS,
  PROP_WHERE,
  PROP_FORMAT,
  PROP_KEEP_PASSWORD,
  PROP_ACCEPT,
  PROP_NEEDS_ACCEPT,
  PROP_LOSES,
  PROP_COLLECTIONS,
  PROP_ENTRIES,
  PROP_CHECKS,
  PROP_LOSSES,
  PROP_PROGRESS,
  N_PROPS
};

struct _SrRestoreModel
{
  GObject parent_instance;

  SrFileModel    *file;           /* owned */
  char           *texts[N_TEXTS]; /* by property; owned, never NULL */
  SrRestoreWhat   what;
  SrRestoreWhere  where;
  SrConvertFormat format;
  SrSecret       *password; /* (nullable) owned */
  gboolean        keep_password;
  gboolean        accept;
  gboolean        loses;
  gboolean        safety_is_mine; /* nobody wrote another one */

  SrProgressModel *progress; /* owned */
  GListStore      *checks;   /* owned */
  GListStore      *losses;   /* owned */
  GCancellable    *checking; /* (nullable) owned: what runs */
  char            *checked;  /* (nullable) owned: the choice that was checked, or is */
};

/* A text of the model and its notification. @text: (nullable): empty */
void sr_restore_model_set_text (SrRestoreModel *self,
                                guint           id,
                                const char     *text);
void sr_restore_model_set_loses (SrRestoreModel *self,
                                 gboolean        loses);
/* Finds out anew why it does not go on, for each page. */
void     sr_restore_model_find_reasons (SrRestoreModel *self);
gboolean sr_restore_model_is_server (SrRestoreModel *self);
gboolean sr_restore_model_is_broken (SrRestoreModel *self);
/* After a check: the name to be typed and where what is there is saved. */
void sr_restore_model_propose (SrRestoreModel *self);

G_END_DECLS
