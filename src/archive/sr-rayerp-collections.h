/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SR_RAYERP_N_COLLECTIONS 18

/* A collection that RayERP backs up, and the module it is asked for with. */
typedef struct
{
  const char *module;
  const char *name;
} SrRayerpCollection;

/* In the order of the modules, which is the order of the entries of a backup. */
extern const SrRayerpCollection sr_rayerp_collections[SR_RAYERP_N_COLLECTIONS];

G_END_DECLS
