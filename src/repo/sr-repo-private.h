/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/* What the files that make up #SrRepo share. */

struct _SrRepo
{
  GObject parent_instance;

  SrStorage       *storage;
  SrSecret        *master;
  SrSealer        *sealer; /* never used itself, only copied */
  SrConfig         config;
  SrId             key_id;
  SrChunkerTables *tables;
  SrClock         *clock;
  SrIndex         *index; /* never NULL */

  GMutex     lock;
  GPtrArray *codecs;            /* of SrBlobCodec, idle ones; under lock */
  GArray    *damaged_snapshots; /* of SrId, met when they were last listed; under lock */
};

/* Calls @damaged, or turns a file that cannot be used into an error. What is not the file's fault
 * (cancelled, network) is an error in any case. Takes @why. Returns: whether to go on */
gboolean sr_repo_report_damage (SrFileType   type,
                                const SrId  *id,
                                GError      *why,
                                SrDamageFunc damaged,
                                gpointer     user_data,
                                GError     **error);

/* A codec for the calling thread; given back when done. Any thread. */
SrBlobCodec *sr_repo_take_codec (SrRepo *self);
void         sr_repo_give_codec (SrRepo      *self,
                                 SrBlobCodec *codec);

G_END_DECLS
