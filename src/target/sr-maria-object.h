/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-journal.h"
#include "target/sr-maria-text.h"
#include "target/sr-target.h"

G_BEGIN_DECLS

typedef enum
{
  SR_MARIA_SEQUENCE,
  SR_MARIA_VALUE,  /* where a sequence goes on */
  SR_MARIA_CHANGE, /* of a table: keys, constraints, AUTO_INCREMENT */
  SR_MARIA_FUNCTION,
  SR_MARIA_PROCEDURE,
  SR_MARIA_TRIGGER,
  SR_MARIA_VIEW,
  SR_MARIA_EVENT,
  SR_MARIA_N_OBJECTS,
} SrMariaObjectKind;

/**
 * SrMariaObject:
 * @name: "" of a change
 * @table: (nullable): of a trigger or a change
 * @definer: (nullable): whom the backup names; it is left out of @create
 * @create: what makes it: "CREATE …" in the database of the connection. Of a sequence it is what
 *   stands behind its name, of a value "n, is_used, round", of a change what
 *   sr_maria_ddl_rewrite_change() takes.
 * @needs: (element-type utf8): lower-case names of tables, views and functions that it names
 *
 * Something of a backup that nobody trusts, which was taken apart and may go to a server.
 */
typedef struct
{
  SrMariaObjectKind kind;
  char             *name;
  char             *table;
  char             *definer;
  SrMariaStatement *create;
  GHashTable       *needs;
} SrMariaObject;

/**
 * SrMariaSurroundings:
 * @syntax: of the server; what a backup says of its quotes is not looked at
 * @database: into which all goes
 * @source: (nullable): what the backup calls it
 * @others: (element-type utf8): lower-case names of all other databases there
 * @collations: (nullable) (element-type utf8): that the server knows; %NULL: any
 */
typedef struct
{
  SrMariaSyntax syntax;
  const char   *database;
  const char   *source;
  GHashTable   *others;
  GHashTable   *collations;
} SrMariaSurroundings;

/* "view", "trigger", … */
const char *sr_maria_object_kind_name (SrMariaObjectKind kind);
/* "views", "triggers", … */
const char *sr_maria_object_kind_names (SrMariaObjectKind kind);

/**
 * sr_maria_object_parse:
 *
 * Takes a statement apart. Only a few forms pass, and what runs later in a body must not reach
 * beyond the database: no other database, no files, users, rights, settings of the server or code
 * of its own, and no statement that is put together while it runs.
 *
 * Returns: (transfer full): %SR_ERROR_REFUSED with the reason, "it …"
 */
SrMariaObject *sr_maria_object_parse (const SrTargetObject      *object,
                                      const SrMariaSurroundings *surroundings,
                                      GError                   **error);
void           sr_maria_object_free (SrMariaObject *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMariaObject, sr_maria_object_free)

G_END_DECLS
