/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "sr-test-backup.h"
#include "sr-test-zip.h"


/* What is written to, from the length of a document on. */
typedef struct
{
  GByteArray *bytes;
  guint       begin;
} Document;

static Document
begin (GByteArray *bytes)
{
  Document document = { bytes, bytes->len };

  sr_test_zip_put32 (bytes, 0);
  return document;
}

static void
put_name (Document   *self,
          guint8      type,
          const char *name)
{
  g_byte_array_append (self->bytes, &type, 1);
  g_byte_array_append (self->bytes, (const guint8 *) name, (guint) strlen (name) + 1);
}

static void
put_text (Document   *self,
          const char *name,
          const char *text)
{
  put_name (self, 2, name);
  sr_test_zip_put32 (self->bytes, (guint32) strlen (text) + 1);
  g_byte_array_append (self->bytes, (const guint8 *) text, (guint) strlen (text) + 1);
}

static void
put_number (Document   *self,
            const char *name,
            guint64     number)
{
  put_name (self, 18, name);
  sr_test_zip_put64 (self->bytes, number);
}

static void
put_bool (Document   *self,
          const char *name,
          guint8      value)
{
  put_name (self, 8, name);
  g_byte_array_append (self->bytes, &value, 1);
}

static void
end (Document *self)
{
  guint32 size;

  g_byte_array_append (self->bytes, (const guint8 *) "", 1);
  size = GUINT32_TO_LE (self->bytes->len - self->begin);
  memcpy (self->bytes->data + self->begin, &size, sizeof size);
}

static guint64
crc_of (const guint8 *data,
        gsize         size)
{
  guint64 crc = G_MAXUINT64;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ ((crc & 1) != 0 ? G_GUINT64_CONSTANT (0xc96c5795d7870f42) : 0);
    }
  return ~crc;
}

static void
put_header (GByteArray *bytes,
            guint8      at_end,
            guint64     crc)
{
  Document document = begin (bytes);

  put_text (&document, "db", "erp");
  put_text (&document, "collection", "users");
  put_bool (&document, "EOF", at_end);
  put_number (&document, "CRC", crc);
  end (&document);
}

/* A collection of three documents. */
static SrBackupFile *
make_dump (guint64 crc_xor,
           guint   cut)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) users = g_byte_array_new ();
  Document               document;

  sr_test_zip_put32 (bytes, 0x8199e26d);
  document = begin (bytes);
  put_text (&document, "version", "0.1");
  put_text (&document, "server_version", "6.0.1");
  put_text (&document, "tool_version", "100.9.4");
  end (&document);
  document = begin (bytes);
  put_text (&document, "db", "erp");
  put_text (&document, "collection", "users");
  put_text (&document, "metadata", "{}");
  end (&document);
  sr_test_zip_put32 (bytes, G_MAXUINT32);
  for (guint i = 0; i < 3; i++)
    {
      document = begin (users);
      put_number (&document, "_id", i);
      end (&document);
    }
  put_header (bytes, 0, 0);
  g_byte_array_append (bytes, users->data, users->len);
  sr_test_zip_put32 (bytes, G_MAXUINT32);
  put_header (bytes, 1, crc_of (users->data, users->len) ^ crc_xor);
  sr_test_zip_put32 (bytes, G_MAXUINT32);
  return sr_test_backup_bytes ("dump.archive", bytes->data, bytes->len - cut, NULL);
}

static void
test_good (void)
{
  sr_test_backup_expect (make_dump (0, 0), "mongodump complete none\n"
                                           "container.read intact passed\n"
                                           "mongodump.crc intact passed\n"
                                           "mongodump.end complete passed\n"
                                           "privacy.whole-database privacy notice\n"
                                           "erp.users=3");
}

static void
test_bad_crc (void)
{
  sr_test_backup_expect (make_dump (1, 0), "mongodump broken none\n"
                                           "container.read intact passed\n"
                                           "mongodump.crc intact failed\n"
                                           "mongodump.end complete passed\n"
                                           "privacy.whole-database privacy notice\n"
                                           "erp.users=3");
}

static void
test_cut (void)
{
  sr_test_backup_expect (make_dump (0, 40), "mongodump broken none\n"
                                            "container.read intact passed\n"
                                            "mongodump.blocks intact failed\n"
                                            "mongodump.crc intact not-made\n"
                                            "mongodump.end intact failed\n"
                                            "privacy.whole-database privacy notice\n"
                                            "completeness complete not-made\n"
                                            "erp.users=3");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind-mongodump/good", test_good);
  g_test_add_func ("/kind-mongodump/bad-crc", test_bad_crc);
  g_test_add_func ("/kind-mongodump/cut", test_cut);
  return g_test_run ();
}
