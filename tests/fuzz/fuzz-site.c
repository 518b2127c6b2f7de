/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* The file of a site: what is taken is valid, holds no password, and comes back as it was
 * written. */

#include "config.h"

#include <string.h>

#include "base/sr-json.h"
#include "site/sr-site-location.h"
#include "site/sr-site.h"
#include "sr-fuzz.h"

#define MAX_SIZE ((gsize) 1024 * 1024)

static SrSite *
parse (const char *text,
       gsize       size)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (JsonObject) object = sr_json_parse_object (text, size, MAX_SIZE, 32, &error);
  SrSite                *site;

  sr_fuzz_assert ((object == NULL) == (error != NULL));
  if (object == NULL)
    return NULL;
  site = sr_site_from_json (object, "fuzz", &error);
  sr_fuzz_assert ((site == NULL) == (error != NULL));
  sr_fuzz_assert (error == NULL || g_utf8_validate (error->message, -1, NULL));
  return site;
}

static char *
format (SrSite *site)
{
  g_autoptr (JsonNode) node = sr_site_to_json (site);

  return json_to_string (node, TRUE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (SrSite) site = parse ((const char *) data, size);
  g_autoptr (SrSite) again = NULL;
  g_autofree char   *text = NULL;
  g_autofree char   *other = NULL;

  if (site == NULL)
    return 0;
  for (guint i = 0; i < sr_site_get_vaults (site)->len; i++)
    {
      const SrSiteVault *vault = g_ptr_array_index (sr_site_get_vaults (site), i);

      sr_fuzz_assert (!sr_location_has_password (vault->location));
    }
  for (guint i = 0; i < sr_site_get_sources (site)->len; i++)
    {
      const SrSiteSource *source = g_ptr_array_index (sr_site_get_sources (site), i);

      sr_fuzz_assert (source->kind == SR_SOURCE_OTHER || source->location[0] == '/');
      sr_fuzz_assert (!sr_location_has_password (source->location));
    }
  text = format (site);
  if (strlen (text) > MAX_SIZE)
    return 0;
  again = parse (text, strlen (text));
  sr_fuzz_assert (again != NULL);
  other = format (again);
  sr_fuzz_assert (strcmp (text, other) == 0);
  return 0;
}
