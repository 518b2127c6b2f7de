/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrValueType:
 * @SR_VALUE_NULL: nothing; @data is ""
 * @SR_VALUE_BOOL: @data is "true" or "false"
 * @SR_VALUE_NUMBER: @data is the number as it was written, never through a floating one:
 *   "9007199254740993", "0.10", "-1.5e+300"
 * @SR_VALUE_TEXT: decoded text; may hold NUL bytes, is UTF-8 if its source was
 * @SR_VALUE_BYTES: decoded binary content
 * @SR_VALUE_JSON: raw JSON text of an array or object inside a record
 * @SR_VALUE_LOST: something stood here that the export destroyed: @data is what is left of it
 *   ("Invalid Date", "[object Object]", bytes with U+FFFD)
 *
 * What a field can be.
 */
typedef enum
{
  SR_VALUE_NULL,
  SR_VALUE_BOOL,
  SR_VALUE_NUMBER,
  SR_VALUE_TEXT,
  SR_VALUE_BYTES,
  SR_VALUE_JSON,
  SR_VALUE_LOST,
} SrValueType;

/* Borrowed from the record it is of. Always followed by a NUL that @size does not count. */
typedef struct
{
  SrValueType type;
  const char *data;
  gsize       size;
} SrValue;

/* @name: valid UTF-8 without NUL */
typedef struct
{
  const char *name;
  SrValue     value;
} SrField;

/**
 * SrColumnType:
 *
 * What a column of a table holds, as far as its declaration tells; what converters make of a record
 * for another system goes by it. %SR_COLUMN_UNKNOWN goes by the values.
 */
typedef enum
{
  SR_COLUMN_UNKNOWN,
  SR_COLUMN_BOOLEAN,
  SR_COLUMN_INTEGER,
  SR_COLUMN_DECIMAL,
  SR_COLUMN_REAL,
  SR_COLUMN_TEXT,
  SR_COLUMN_BYTES,
  SR_COLUMN_DATE,      /* 2026-11-20 */
  SR_COLUMN_TIME,      /* 05:13:38 */
  SR_COLUMN_TIMESTAMP, /* with or without zone */
  SR_COLUMN_JSON,
  SR_COLUMN_ARRAY, /* PostgreSQL's text[] and the like */
  SR_COLUMN_ENUM,
  SR_COLUMN_BITS,
  SR_COLUMN_GEOMETRY,
} SrColumnType;

/* @declared: (nullable): the type as the source writes it: "decimal(10,2) unsigned"; @not_null: as
 * declared; @generated: the database computes it */
typedef struct
{
  char        *name;
  SrColumnType type;
  char        *declared;
  gboolean     not_null;
  gboolean     generated;
} SrColumn;

/**
 * SrCollection:
 * @name: valid UTF-8
 * @columns: (element-type SrColumn) (nullable): %NULL where each record names its own fields
 * @key: (element-type guint): places in @columns of the primary key, empty if there is none
 * @ddl: (nullable): the statement that makes it, in its source's dialect, without the semicolon
 * @is_view: its records follow from those of others; no table is made of them
 *
 * A table, Mongo collection or JSON array of records. Reference counted, atomically; not changed
 * once a reader handed it out.
 */
typedef struct
{
  int      ref_count;
  char    *name;
  GArray  *columns;
  GArray  *key;
  char    *ddl;
  gboolean is_view;
} SrCollection;

SrCollection *sr_collection_new (const char *name);
SrCollection *sr_collection_ref (SrCollection *self);
void          sr_collection_unref (SrCollection *self);
/* Appends a column; copies. Returns: (transfer none): it, valid until the next is added */
SrColumn *sr_collection_add_column (SrCollection *self,
                                    const char   *name,
                                    SrColumnType  type);
void      sr_collection_add_key (SrCollection *self,
                                 guint         column);
/* Returns: its place in @columns, or -1 */
int             sr_collection_find_column (const SrCollection *self,
                                           const char         *name);
guint           sr_collection_get_n_columns (const SrCollection *self);
const SrColumn *sr_collection_get_column (const SrCollection *self,
                                          guint               index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCollection, sr_collection_unref)

/**
 * SrRecord:
 * @number: of the record in its collection, from 0
 * @offset: in bytes, where it begins in its source; 0 where that says nothing
 * @raw: (nullable): the record as it stands there; valid until the next is read
 * @is_json: @raw is JSON, which a writer of JSON need not make anew
 * @fields: (array length=n_fields): see sr_record_reader_get_fields(); in the order of the source
 *
 * One record. What it points to belongs to the reader and is gone with the next call of it.
 */
typedef struct
{
  guint64        number;
  guint64        offset;
  const char    *raw;
  gsize          raw_size;
  gboolean       is_json;
  const SrField *fields;
  guint          n_fields;
} SrRecord;

/* Returns: (nullable): the field of that name, the last if there are several; fields must have been
 *   read */
const SrField *sr_record_find (const SrRecord *self,
                               const char     *name);

/**
 * sr_record_get_key:
 * @key: emptied, then filled
 *
 * What identifies a record in its collection: the values of the collection's primary key, else of
 * `_id` or of `id`, in a form that is equal for equal values of any source ("7" and 7 are equal)
 * and sorts as bytes.
 *
 * Returns: %FALSE if it has no such field or one of them is null; the record's digest stands for it
 *   then
 */
gboolean sr_record_get_key (const SrRecord     *self,
                            const SrCollection *collection,
                            GByteArray         *key);

/* The key for a person: "7", "7/3", valid UTF-8, at most 100 characters. Returns: (transfer full)
 * (nullable) */
char *sr_record_get_key_text (const SrRecord     *self,
                              const SrCollection *collection);

G_END_DECLS
