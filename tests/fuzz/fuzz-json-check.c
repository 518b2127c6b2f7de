/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* JSON that goes through json-glib: what the check lets pass the parser must take, whole and
 * without a warning. */

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "sr-fuzz.h"

#define MAX_SIZE  (1024 * 1024)
#define MAX_DEPTH 20

static void
read_members (JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    {
      const char *name = l->data;
      const char *text = NULL;
      gint64      number = 0;
      gboolean    truth = FALSE;
      JsonArray  *array = NULL;
      JsonObject *inner = NULL;
      guint       n_types = 0;

      n_types += sr_json_get_string (object, name, &text, NULL) ? 1 : 0;
      n_types += sr_json_get_int64 (object, name, &number, NULL) ? 1 : 0;
      n_types += sr_json_get_bool (object, name, &truth, NULL) ? 1 : 0;
      n_types += sr_json_get_array (object, name, &array, NULL) ? 1 : 0;
      n_types += sr_json_get_object (object, name, &inner, NULL) ? 1 : 0;
      sr_fuzz_assert (n_types <= 1);
      sr_fuzz_assert (text == NULL || g_utf8_validate (text, -1, NULL));
      if (inner != NULL)
        read_members (inner);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char          *text = size > 0 ? (const char *) data : "";
  g_autoptr (GError)   error = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (!sr_json_check (text, size, MAX_SIZE, MAX_DEPTH, &error))
    {
      sr_fuzz_assert (sr_error_is (error, SR_ERROR_INVALID));
      return 0;
    }
  node = sr_json_parse (text, size, MAX_SIZE, MAX_DEPTH, &error);
  sr_fuzz_assert (node != NULL && error == NULL);
  if (JSON_NODE_HOLDS_OBJECT (node))
    read_members (json_node_get_object (node));
  return 0;
}
