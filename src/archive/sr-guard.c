/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-guard.h"

#include "base/sr-error.h"
#include "base/sr-words.h"

#define MAX_COMPONENT  255
#define MAX_PATH_BYTES 4095
/* What a message shows of a name. */
#define MAX_SHOWN_BYTES 160
/* A short file of zeros is no attack: the ratio counts beyond this. */
#define RATIO_FREE ((guint64) 64 << 20)

const SrGuardLimits sr_guard_default_limits = {
  .max_entries = 1000000,
  .max_entry_size = (guint64) 1 << 40,
  .max_total = (guint64) 4 << 40,
  .max_ratio = 1100,
  .max_depth = 4,
};

struct _SrGuard
{
  SrGuardLimits limits;
  gint          ref_count; /* atomic */
  gint          depth;     /* atomic */
  guint64       total;     /* atomic */
};

SrGuard *
sr_guard_new (const SrGuardLimits *limits)
{
  SrGuard *self = g_new0 (SrGuard, 1);

  self->limits = limits != NULL ? *limits : sr_guard_default_limits;
  self->ref_count = 1;
  return self;
}

SrGuard *
sr_guard_ref (SrGuard *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
sr_guard_unref (SrGuard *self)
{
  if (g_atomic_int_dec_and_test (&self->ref_count))
    g_free (self);
}

const SrGuardLimits *
sr_guard_get_limits (SrGuard *self)
{
  return &self->limits;
}

char *
sr_guard_show_name (const char *name)
{
  gsize            size = strlen (name);
  gboolean         cut = size > MAX_SHOWN_BYTES;
  g_autofree char *valid = g_utf8_make_valid (name, (gssize) MIN (size, MAX_SHOWN_BYTES));
  GString         *shown = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (shown, g_unichar_isprint (c) ? c : 0xfffd);
    }
  if (cut)
    g_string_append (shown, "…");
  return g_string_free (shown, FALSE);
}

gboolean
sr_guard_enter (SrGuard    *self,
                const char *name,
                GError    **error)
{
  g_autofree char *shown = NULL;

  if ((guint) g_atomic_int_add (&self->depth, 1) < self->limits.max_depth)
    return TRUE;
  (void) g_atomic_int_add (&self->depth, -1);
  shown = sr_guard_show_name (name);
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "“%s” lies deeper than %u containers inside each other, which is the limit; if the "
               "file is to be trusted, raise it with --max-depth",
               shown, self->limits.max_depth);
  return FALSE;
}

void
sr_guard_leave (SrGuard *self)
{
  (void) g_atomic_int_add (&self->depth, -1);
}

gboolean
sr_guard_check_count (SrGuard *self,
                      guint64  n_entries,
                      GError **error)
{
  if (n_entries <= self->limits.max_entries)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "The container has %" G_GUINT64_FORMAT " entries or more, the limit is %u; if the "
               "file is to be trusted, raise it with --max-entries",
               n_entries, self->limits.max_entries);
  return FALSE;
}

static void
set_size_error (const char *name,
                const char *what,
                guint64     limit,
                const char *option,
                GError    **error)
{
  g_autofree char *shown = sr_guard_show_name (name);
  g_autofree char *size = sr_size_text (limit);

  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "%s “%s” goes beyond %s, which is the limit; if the file is to be trusted, raise it "
               "with %s",
               what, shown, size, option);
}

static gboolean
check_ratio (SrGuard    *self,
             const char *name,
             guint64     unpacked,
             guint64     packed,
             GError    **error)
{
  g_autofree char *shown = NULL;
  g_autofree char *small = NULL;
  g_autofree char *large = NULL;

  if (packed == 0 || unpacked <= RATIO_FREE || unpacked / packed < self->limits.max_ratio)
    return TRUE;
  shown = sr_guard_show_name (name);
  small = sr_size_text (packed);
  large = sr_size_text (unpacked);
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "“%s” unfolds %s to %s, more than %u bytes for one, which is the limit; if the file "
               "is to be trusted, raise it with --max-ratio",
               shown, small, large, self->limits.max_ratio);
  return FALSE;
}

gboolean
sr_guard_add (SrGuard    *self,
              const char *name,
              guint64     fresh,
              guint64     unpacked,
              guint64     packed,
              GError    **error)
{
  guint64 total = __atomic_add_fetch (&self->total, fresh, __ATOMIC_RELAXED);

  if (unpacked > self->limits.max_entry_size)
    {
      set_size_error (name, "The content of", self->limits.max_entry_size, "--max-entry-size",
                      error);
      return FALSE;
    }
  if (total > self->limits.max_total)
    {
      set_size_error (name, "What was unfolded up to", self->limits.max_total, "--max-total",
                      error);
      return FALSE;
    }
  return check_ratio (self, name, unpacked, packed, error);
}

static const char *
component_fault (const char *component,
                 gsize       size)
{
  if (size == 0)
    return "has an empty part";
  if (size > MAX_COMPONENT)
    return "has a part of more than 255 bytes";
  if (size == 1 && component[0] == '.')
    return "has “.” for a part";
  if (size == 2 && memcmp (component, "..", 2) == 0)
    return "leads upwards with “..”";
  return NULL;
}

static const char *
name_fault (const char *name)
{
  if (name[0] == '\0')
    return "is empty";
  if (name[0] == '/')
    return "is absolute";
  if (strlen (name) > MAX_PATH_BYTES)
    return "has more than 4,095 bytes";
  if (strchr (name, '\\') != NULL)
    return "has a backslash, which some programs take for a separator";
  if (g_ascii_isalpha (name[0]) && name[1] == ':')
    return "begins with a drive letter";
  while (*name != '\0')
    {
      gsize       size = strcspn (name, "/");
      const char *fault = component_fault (name, size);

      if (fault != NULL)
        return fault;
      name += size;
      if (*name == '/')
        name++;
    }
  return NULL;
}

gboolean
sr_guard_check_name (const char *name,
                     GError    **error)
{
  const char      *fault = name_fault (name);
  g_autofree char *shown = NULL;

  if (fault == NULL)
    return TRUE;
  shown = sr_guard_show_name (name);
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "The name “%s” %s: it is not written to disk",
               shown, fault);
  return FALSE;
}
