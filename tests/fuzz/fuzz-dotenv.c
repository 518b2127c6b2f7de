/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* A .env file: what is found in one never holds a password, and what is shown is text. */

#include "config.h"

#include <string.h>

#include "job/sr-discover-private.h"
#include "site/sr-site-location.h"
#include "sr-fuzz.h"

static SrDiscovery *
make_discovery (void)
{
  SrDiscovery *discovery = g_new0 (SrDiscovery, 1);

  discovery->findings = g_ptr_array_new ();
  discovery->notes = g_ptr_array_new_with_free_func (g_free);
  discovery->folder = g_strdup ("/nowhere");
  return discovery;
}

/* A marked password in a URL that is well formed but for it: no part of it may be shown. */
static void
check_url (const guint8 *data,
           gsize         size)
{
  g_autofree char *password = g_strndup ((const char *) data, size);
  g_autofree char *url = NULL;
  g_autofree char *location = NULL;
  SrFindingKind    kind;

  url = g_strdup_printf ("mysql://root:%s@localhost:3306/shop", password);
  sr_fuzz_assert (sr_discover_parse_url (url, &kind, &location));
  sr_fuzz_assert (strcmp (location, "mysql://root@localhost:3306/shop") == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrDotenv)    env = sr_dotenv_parse ((const char *) data, size, &error);
  g_autoptr (SrDiscovery) discovery = make_discovery ();
  g_auto (SrDiscoverWalk) walk;

  sr_fuzz_assert ((env == NULL) == (error != NULL));
  check_url (data, size);
  sr_discover_walk_init (&walk);
  if (env != NULL)
    sr_discover_env (discovery, &walk, env, ".env", "/nowhere");
  for (guint i = 0; i < discovery->findings->len; i++)
    {
      SrFinding *finding = g_ptr_array_index (discovery->findings, i);

      sr_fuzz_assert (!sr_location_has_password (finding->location));
      sr_fuzz_assert (g_utf8_validate (finding->where, -1, NULL));
      g_free (finding->location);
      g_free (finding->where);
      g_free (finding->reason);
      g_free (finding);
    }
  return 0;
}
