/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-verdict"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "base/sr-words.h"
#include "verdict/sr-verdict.h"

#define MAX_CHECKS 10000

struct _SrVerdict
{
  GObject parent_instance;

  GPtrArray *checks; /* (element-type SrCheck) owned */
};

G_DEFINE_FINAL_TYPE (SrVerdict, sr_verdict, G_TYPE_OBJECT)

static const char *const level_names[] = {
  [SR_VERDICT_BROKEN] = "broken",
  [SR_VERDICT_SUSPICIOUS] = "suspicious",
  [SR_VERDICT_INTACT] = "intact",
  [SR_VERDICT_COMPLETE] = "complete",
  [SR_VERDICT_PROVEN] = "proven",
};

static const char *const result_names[] = {
  [SR_CHECK_PASSED] = "passed",
  [SR_CHECK_NOTICE] = "notice",
  [SR_CHECK_WARNING] = "warning",
  [SR_CHECK_FAILED] = "failed",
  [SR_CHECK_NOT_MADE] = "not-made",
};

static const char *const aspect_names[] = {
  [SR_ASPECT_INTACT] = "intact",
  [SR_ASPECT_COMPLETE] = "complete",
  [SR_ASPECT_PROVEN] = "proven",
  [SR_ASPECT_PRIVACY] = "privacy",
};

static const char *const aspect_headings[] = {
  [SR_ASPECT_INTACT] = "Is every byte as it was written?",
  [SR_ASPECT_COMPLETE] = "Is everything there?",
  [SR_ASPECT_PROVEN] = "Was it really restored?",
  [SR_ASPECT_PRIVACY] = "What can a stranger read?",
};

/* What explains a level, the weightiest first. */
typedef struct
{
  SrVerdictLevel level;
  SrCheckAspect  aspect;
  SrCheckResult  result;
} Reason;

static const Reason reasons[] = {
  { SR_VERDICT_BROKEN, SR_ASPECT_INTACT, SR_CHECK_FAILED },
  { SR_VERDICT_SUSPICIOUS, SR_ASPECT_COMPLETE, SR_CHECK_FAILED },
  { SR_VERDICT_SUSPICIOUS, SR_ASPECT_PROVEN, SR_CHECK_FAILED },
  { SR_VERDICT_SUSPICIOUS, SR_ASPECT_INTACT, SR_CHECK_WARNING },
  { SR_VERDICT_SUSPICIOUS, SR_ASPECT_COMPLETE, SR_CHECK_WARNING },
  { SR_VERDICT_SUSPICIOUS, SR_ASPECT_PROVEN, SR_CHECK_WARNING },
  { SR_VERDICT_SUSPICIOUS, SR_ASPECT_INTACT, SR_CHECK_NOT_MADE },
  { SR_VERDICT_INTACT, SR_ASPECT_COMPLETE, SR_CHECK_NOT_MADE },
};

static void
check_free (gpointer data)
{
  SrCheck *check = data;

  g_free (check->id);
  g_free (check->title);
  g_free (check->sentence);
  g_free (check);
}

static void
sr_verdict_finalize (GObject *object)
{
  SrVerdict *self = SR_VERDICT (object);

  g_ptr_array_unref (self->checks);
  G_OBJECT_CLASS (sr_verdict_parent_class)->finalize (object);
}

static void
sr_verdict_class_init (SrVerdictClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_verdict_finalize;
}

static void
sr_verdict_init (SrVerdict *self)
{
  self->checks = g_ptr_array_new_with_free_func (check_free);
}

SrVerdict *
sr_verdict_new (void)
{
  return g_object_new (SR_TYPE_VERDICT, NULL);
}

/* Names out of a backup stand in sentences: what would move a terminal's cursor, break the line or
 * turn its direction is not shown as itself. */
static char *
make_harmless (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString         *shown = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
          (c >= 0x2066 && c <= 0x2069))
        c = 0xfffd;
      g_string_append_unichar (shown, c);
    }
  return g_string_free (shown, FALSE);
}

static void
add_check (SrVerdict    *self,
           const char   *id,
           const char   *title,
           SrCheckAspect aspect,
           SrCheckResult result,
           const char   *sentence)
{
  SrCheck *check = g_new0 (SrCheck, 1);

  check->id = make_harmless (id);
  check->title = make_harmless (title);
  check->aspect = aspect;
  check->result = result;
  check->sentence = make_harmless (sentence);
  g_ptr_array_add (self->checks, check);
}

void
sr_verdict_add (SrVerdict    *self,
                const char   *id,
                const char   *title,
                SrCheckAspect aspect,
                SrCheckResult result,
                const char   *format,
                ...)
{
  g_autofree char *sentence = NULL;
  va_list          arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  add_check (self, id, title, aspect, result, sentence);
}

char *
sr_verdict_counted (guint64     number,
                    const char *one,
                    const char *many)
{
  return sr_counted (number, one, many);
}

guint
sr_verdict_get_n_checks (SrVerdict *self)
{
  return self->checks->len;
}

const SrCheck *
sr_verdict_get_check (SrVerdict *self,
                      guint      index)
{
  return index < self->checks->len ? g_ptr_array_index (self->checks, index) : NULL;
}

const SrCheck *
sr_verdict_find (SrVerdict  *self,
                 const char *id)
{
  for (guint i = 0; i < self->checks->len; i++)
    {
      const SrCheck *check = g_ptr_array_index (self->checks, i);

      if (strcmp (check->id, id) == 0)
        return check;
    }
  return NULL;
}

static guint
count_checks (SrVerdict    *self,
              SrCheckAspect aspect,
              SrCheckResult result)
{
  guint n = 0;

  for (guint i = 0; i < self->checks->len; i++)
    {
      const SrCheck *check = g_ptr_array_index (self->checks, i);

      n += check->aspect == aspect && check->result == result;
    }
  return n;
}

/* Whether something of @aspect was looked at with a good end, and nothing else with another. */
static gboolean
is_reached (SrVerdict    *self,
            SrCheckAspect aspect)
{
  return count_checks (self, aspect, SR_CHECK_PASSED) > 0 &&
         count_checks (self, aspect, SR_CHECK_WARNING) == 0 &&
         count_checks (self, aspect, SR_CHECK_FAILED) == 0 &&
         count_checks (self, aspect, SR_CHECK_NOT_MADE) == 0;
}

static gboolean
is_bad (SrVerdict    *self,
        SrCheckAspect aspect)
{
  return count_checks (self, aspect, SR_CHECK_FAILED) > 0 ||
         count_checks (self, aspect, SR_CHECK_WARNING) > 0;
}

SrVerdictLevel
sr_verdict_get_level (SrVerdict *self)
{
  if (count_checks (self, SR_ASPECT_INTACT, SR_CHECK_FAILED) > 0)
    return SR_VERDICT_BROKEN;
  if (!is_reached (self, SR_ASPECT_INTACT) || is_bad (self, SR_ASPECT_COMPLETE) ||
      is_bad (self, SR_ASPECT_PROVEN))
    return SR_VERDICT_SUSPICIOUS;
  if (!is_reached (self, SR_ASPECT_COMPLETE))
    return SR_VERDICT_INTACT;
  if (!is_reached (self, SR_ASPECT_PROVEN))
    return SR_VERDICT_COMPLETE;
  return SR_VERDICT_PROVEN;
}

/* Returns: the place of @name in @names, or -1 */
static int
find_name (const char *const *names,
           guint              n_names,
           const char        *name)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return (int) i;
  return -1;
}

const char *
sr_verdict_level_name (SrVerdictLevel level)
{
  return level_names[level];
}

gboolean
sr_verdict_level_from_name (const char     *name,
                            SrVerdictLevel *level)
{
  int found = find_name (level_names, G_N_ELEMENTS (level_names), name);

  if (found < 0)
    return FALSE;
  *level = (SrVerdictLevel) found;
  return TRUE;
}

const char *
sr_check_result_name (SrCheckResult result)
{
  return result_names[result];
}

const char *
sr_check_aspect_name (SrCheckAspect aspect)
{
  return aspect_names[aspect];
}

/* Returns: (nullable): the first of the weightiest checks that explain @level; @n_more: further
 * ones of that weight */
static const SrCheck *
find_reason (SrVerdict     *self,
             SrVerdictLevel level,
             guint         *n_more)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      guint n = reasons[i].level == level
                    ? count_checks (self, reasons[i].aspect, reasons[i].result)
                    : 0;

      for (guint j = 0; n > 0 && j < self->checks->len; j++)
        {
          const SrCheck *check = g_ptr_array_index (self->checks, j);

          if (check->aspect != reasons[i].aspect || check->result != reasons[i].result)
            continue;
          *n_more = n - 1;
          return check;
        }
    }
  return NULL;
}

static const char *
say_level (SrVerdictLevel level,
           gboolean       has_reason,
           gboolean       checksums)
{
  switch (level)
    {
    case SR_VERDICT_BROKEN:
      return "Broken:";
    case SR_VERDICT_SUSPICIOUS:
      return has_reason ? "Suspicious:"
                        : "Suspicious: whether every byte is as it was written was not looked at.";
    case SR_VERDICT_INTACT:
      if (!checksums)
        return has_reason ? "Intact as far as its format can tell, for it carries no checksum; "
                            "whether all is there is not known:"
                          : "Intact as far as its format can tell, for it carries no checksum; "
                            "whether all is there was not looked at.";
      return has_reason ? "Intact, every byte checks out, but whether all is there is not known:"
                        : "Intact: every byte checks out; whether all is there was not looked at.";
    case SR_VERDICT_COMPLETE:
      if (!checksums)
        return "Complete as far as its format can tell, for it carries no checksum: it can be read "
               "to the end and the records are all there.";
      return "Complete: every byte checks out and the records are all there.";
    case SR_VERDICT_PROVEN:
    default:
      if (!checksums)
        return "Proven: the records are all there, and it was really restored and counted; it "
               "carries no checksum.";
      return "Proven: every byte checks out, the records are all there, and it was really restored "
             "and counted.";
    }
}

char *
sr_verdict_get_sentence (SrVerdict *self)
{
  SrVerdictLevel level = sr_verdict_get_level (self);
  gboolean       checksums = sr_verdict_find (self, SR_CHECK_NO_CHECKSUM) == NULL;
  guint          n_more = 0;
  const SrCheck *reason = find_reason (self, level, &n_more);
  GString       *sentence = g_string_new (say_level (level, reason != NULL, checksums));

  if (reason != NULL)
    g_string_append_printf (sentence, " %s", reason->sentence);
  if (n_more > 0)
    g_string_append_printf (sentence, " (and %u more)", n_more);
  return g_string_free (sentence, FALSE);
}

JsonNode *
sr_verdict_to_json (SrVerdict *self)
{
  g_autofree char *sentence = sr_verdict_get_sentence (self);
  JsonObject      *object = json_object_new ();
  JsonArray       *checks = json_array_new ();
  JsonNode        *node = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < self->checks->len; i++)
    {
      const SrCheck *check = g_ptr_array_index (self->checks, i);
      JsonObject    *item = json_object_new ();

      json_object_set_string_member (item, "id", check->id);
      json_object_set_string_member (item, "title", check->title);
      json_object_set_string_member (item, "aspect", aspect_names[check->aspect]);
      json_object_set_string_member (item, "result", result_names[check->result]);
      json_object_set_string_member (item, "sentence", check->sentence);
      json_array_add_object_element (checks, item);
    }
  json_object_set_string_member (object, "verdict", level_names[sr_verdict_get_level (self)]);
  json_object_set_string_member (object, "sentence", sentence);
  json_object_set_array_member (object, "checks", checks);
  json_node_take_object (node, object);
  return node;
}

static gboolean
add_from_json (SrVerdict *self,
               JsonNode  *node,
               GError   **error)
{
  JsonObject *item;
  const char *id;
  const char *title;
  const char *aspect_name;
  const char *result_name;
  const char *sentence;
  int         aspect;
  int         result;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "a verdict's check is no object");
      return FALSE;
    }
  item = json_node_get_object (node);
  if (!sr_json_get_string (item, "id", &id, error) ||
      !sr_json_get_string (item, "title", &title, error) ||
      !sr_json_get_string (item, "aspect", &aspect_name, error) ||
      !sr_json_get_string (item, "result", &result_name, error) ||
      !sr_json_get_string (item, "sentence", &sentence, error))
    return FALSE;
  aspect = find_name (aspect_names, G_N_ELEMENTS (aspect_names), aspect_name);
  result = find_name (result_names, G_N_ELEMENTS (result_names), result_name);
  if (aspect < 0 || result < 0)
    {
      g_autofree char *shown_id = make_harmless (id);

      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "the verdict's check “%s” has an aspect or a result that this version does not "
                   "know",
                   shown_id);
      return FALSE;
    }
  add_check (self, id, title, (SrCheckAspect) aspect, (SrCheckResult) result, sentence);
  return TRUE;
}

SrVerdict *
sr_verdict_from_json (JsonObject *object,
                      GError    **error)
{
  g_autoptr (SrVerdict) self = sr_verdict_new ();
  JsonArray            *checks;

  if (!sr_json_get_array (object, "checks", &checks, error))
    return NULL;
  if (json_array_get_length (checks) > MAX_CHECKS)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "a verdict has more than %d checks",
                   MAX_CHECKS);
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (checks); i++)
    if (!add_from_json (self, json_array_get_element (checks, i), error))
      return NULL;
  return g_steal_pointer (&self);
}

static void
append_aspect (SrVerdict    *self,
               SrCheckAspect aspect,
               GString      *text)
{
  gboolean begun = FALSE;

  for (guint i = 0; i < self->checks->len; i++)
    {
      const SrCheck *check = g_ptr_array_index (self->checks, i);

      if (check->aspect != aspect)
        continue;
      if (!begun)
        g_string_append_printf (text, "\n%s\n", aspect_headings[aspect]);
      begun = TRUE;
      g_string_append_printf (text, "  %-8s  %s: %s\n", result_names[check->result], check->title,
                              check->sentence);
    }
}

char *
sr_verdict_to_text (SrVerdict *self)
{
  g_autofree char *sentence = sr_verdict_get_sentence (self);
  GString         *text = g_string_new (sentence);

  g_string_append_c (text, '\n');
  for (gsize i = 0; i < G_N_ELEMENTS (aspect_names); i++)
    append_aspect (self, (SrCheckAspect) i, text);
  return g_string_free (text, FALSE);
}
