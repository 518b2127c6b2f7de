/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-json-text.h"

static void
append_char (GString *out,
             char     c)
{
  static const char short_escapes[] = "\b\f\n\r\t\"\\";
  static const char letters[] = "bfnrt\"\\";
  const char       *found = c != '\0' ? strchr (short_escapes, c) : NULL;

  if (found != NULL)
    {
      g_string_append_c (out, '\\');
      g_string_append_c (out, letters[found - short_escapes]);
    }
  else if ((guchar) c < 0x20)
    g_string_append_printf (out, "\\u%04x", (guchar) c);
  else
    g_string_append_c (out, c);
}

void
sr_json_text_append_string (GString    *out,
                            const char *text,
                            gsize       size)
{
  const char *end = text + size;

  g_string_append_c (out, '"');
  while (text < end)
    {
      const char *bad;

      /* NUL is valid here, but not for GLib */
      g_utf8_validate_len (text, (gsize) (end - text), &bad);
      for (; text < bad; text++)
        append_char (out, *text);
      if (text == end)
        break;
      if (*text == '\0')
        append_char (out, '\0');
      else
        g_string_append (out, "\357\277\275");
      text++;
    }
  g_string_append_c (out, '"');
}
