/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * sr_json_check:
 * @max_size: in bytes
 * @max_depth: of arrays and objects inside each other
 *
 * Checks that @text is one value of RFC 8259 and nothing else: UTF-8, no NUL and no escape for one,
 * surrogates only in pairs, whole numbers within 64 bits, others within a double. json-glib is
 * lenient, recursive, and asserts on some of that, so it only ever sees what passed here.
 *
 * Returns: %FALSE with %SR_ERROR_INVALID that tells the offset
 */
gboolean sr_json_check (const char *text,
                        gsize       size,
                        gsize       max_size,
                        guint       max_depth,
                        GError    **error);

/**
 * sr_json_parse:
 *
 * sr_json_check() and then the parser.
 *
 * Returns: (transfer full): the value
 */
JsonNode *sr_json_parse (const char *text,
                         gsize       size,
                         gsize       max_size,
                         guint       max_depth,
                         GError    **error);
/* The same for a text that must be an object. Returns: (transfer full) */
JsonObject *sr_json_parse_object (const char *text,
                                  gsize       size,
                                  gsize       max_size,
                                  guint       max_depth,
                                  GError    **error);

/* Members that must be there: %SR_ERROR_INVALID names the member that is missing or of another
 * type. Nothing is copied. */
gboolean sr_json_get_string (JsonObject  *object,
                             const char  *member,
                             const char **value,
                             GError     **error);
/* A number with a fraction or an exponent is of another type. */
gboolean sr_json_get_int64 (JsonObject *object,
                            const char *member,
                            gint64     *value,
                            GError    **error);
gboolean sr_json_get_bool (JsonObject *object,
                           const char *member,
                           gboolean   *value,
                           GError    **error);
gboolean sr_json_get_array (JsonObject *object,
                            const char *member,
                            JsonArray **value,
                            GError    **error);
gboolean sr_json_get_object (JsonObject  *object,
                             const char  *member,
                             JsonObject **value,
                             GError     **error);

/* Members that may be absent, null or of another type: @fallback then. Nothing is copied. */
const char *sr_json_string_or (JsonObject *object,
                               const char *member,
                               const char *fallback);
gint64      sr_json_int64_or (JsonObject *object,
                              const char *member,
                              gint64      fallback);
gboolean    sr_json_bool_or (JsonObject *object,
                             const char *member,
                             gboolean    fallback);
/* Returns: (nullable) */
JsonArray *sr_json_array_or_null (JsonObject *object,
                                  const char *member);
/* Returns: (nullable) */
JsonObject *sr_json_object_or_null (JsonObject *object,
                                    const char *member);

G_END_DECLS
