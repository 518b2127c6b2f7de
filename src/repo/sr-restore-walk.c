/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-beneath.h"
#include "base/sr-error.h"
#include "repo/sr-restore-run.h"

/* A folder whose tree is still to be read. */
typedef struct
{
  guint32 folder;
  SrId    tree;
} Pending;

/* The files with several names: those of one inode get one content. */
typedef struct
{
  guint64 inode;
  guint64 device;
  guint64
      content; /* digest of the list of chunks, so that nothing is taken for the same by mistake */
} LinkKey;

typedef struct
{
  SrRestoreRun *run;
  SrBlobCodec  *codec;
  GArray       *pending; /* Pending; a stack */
  GHashTable   *links;   /* LinkKey to number of file + 1 */
  GString      *path;    /* of the folder that is read, with a slash behind it, then of an entry */
  gsize         path_length;
  guint32       folder;
  int           fd;    /* of that folder; -1 where there is none */
  gboolean      whole; /* whether all entries of its tree could be used */
  GHashTable   *names; /* of the tree; %NULL unless extra files are looked for */
} Walk;

static guint
link_key_hash (gconstpointer data)
{
  const LinkKey *key = data;

  return (guint) (key->inode * 31 + key->device * 17 + key->content);
}

static gboolean
link_key_equal (gconstpointer a,
                gconstpointer b)
{
  return memcmp (a, b, sizeof (LinkKey)) == 0;
}

static const char *
entry_path (Walk       *walk,
            const char *name)
{
  g_string_truncate (walk->path, walk->path_length);
  g_string_append (walk->path, name);
  return walk->path->str;
}

static gboolean
is_chosen (Walk       *walk,
           const char *name,
           SrEntryType type,
           gboolean   *descend)
{
  const SrRestorerOptions *options = walk->run->options;

  *descend = TRUE;
  if (options->filter == NULL)
    return TRUE;
  return options->filter (entry_path (walk, name), type, descend, options->user_data);
}

static gboolean
is_older (const struct timespec *a,
          const struct timespec *b)
{
  return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static gboolean
same_time (const struct timespec *a,
           const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* What happens to an entry that is no folder, from what stands in its place.
 * Returns: whether it is to be made; @flags: (out) */
static gboolean
decide (Walk          *walk,
        const SrEntry *entry,
        gint          *flags)
{
  SrOverwrite rule = walk->run->options->overwrite;
  struct stat st;
  gboolean    regular;

  *flags = 0;
  if (walk->fd < 0 || sr_restore_plan_folder (walk->run->plan, walk->folder)->fresh)
    return TRUE;
  if (fstatat (walk->fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return TRUE;
  if (rule == SR_OVERWRITE_NEVER ||
      (rule == SR_OVERWRITE_IF_NEWER && !is_older (&st.st_mtim, &entry->mtime)))
    return FALSE;
  *flags = SR_RESTORE_REPLACES;
  regular = S_ISREG (st.st_mode) && entry->type == SR_ENTRY_FILE &&
            (guint64) st.st_size == entry->size;
  if (!regular)
    return TRUE;
  if (rule == SR_OVERWRITE_IF_CHANGED && same_time (&st.st_mtim, &entry->mtime))
    *flags |= SR_RESTORE_SAME;
  else
    *flags |= SR_RESTORE_COMPARE;
  return TRUE;
}

/* Chunks no index knows leave a gap; where there is one, its size follows from the file's. */
static void
add_content (Walk         *walk,
             const SrNode *node,
             guint32       number)
{
  SrRestorePlan *plan = walk->run->plan;
  SrIndex       *index = sr_repo_get_index (walk->run->repo);
  guint64        known = 0;
  guint64        offset = 0;
  gsize          missing = 0;
  char           hex[SR_ID_HEX_SIZE];

  for (gsize i = 0; i < node->n_content; i++)
    {
      const SrIndexEntry *entry = sr_index_lookup (index, SR_BLOB_DATA, &node->content[i]);
      SrPackEntry         chunk;

      if (entry == NULL)
        {
          missing++;
          sr_restore_file_failed (
              walk->run, number,
              g_error_new (SR_ERROR, SR_ERROR_NOT_FOUND,
                           "Its chunk %s is in no index of the vault; “repair index” may find it",
                           sr_id_to_hex (&node->content[i], hex)));
          continue;
        }
      sr_index_entry_to_pack_entry (entry, &chunk);
      known += sr_pack_entry_get_plain_size (&chunk);
    }
  for (gsize i = 0; i < node->n_content; i++)
    {
      const SrIndexEntry *entry = sr_index_lookup (index, SR_BLOB_DATA, &node->content[i]);
      SrPackEntry         chunk;

      if (entry == NULL && (missing > 1 || node->entry.size < known))
        break;
      if (entry == NULL)
        {
          offset += node->entry.size - known;
          continue;
        }
      sr_index_entry_to_pack_entry (entry, &chunk);
      sr_restore_plan_add_ref (plan, (guint32) sr_index_get_entry_number (index, entry), offset);
      offset += sr_pack_entry_get_plain_size (&chunk);
    }
  sr_restore_plan_file (plan, number)->size = missing > 0 ? node->entry.size : offset;
}

static guint64
content_key (const SrNode *node)
{
  guint64 key = node->n_content;

  for (gsize i = 0; i < node->n_content; i++)
    key = key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + sr_id_hash64 (&node->content[i]);
  return key;
}

/* Returns: whether @node is another name of a file of the plan, and was added as such */
static gboolean
add_hard_link (Walk         *walk,
               const SrNode *node,
               gint          flags)
{
  LinkKey        key = { 0 };
  SrRestoreOther other = { 0 };
  gpointer       first;

  if (node->entry.links < 2 || node->entry.inode == 0)
    return FALSE;
  key.inode = node->entry.inode;
  key.device = node->entry.device_id;
  key.content = content_key (node);
  first = g_hash_table_lookup (walk->links, &key);
  if (first == NULL)
    {
      g_hash_table_insert (walk->links, g_memdup2 (&key, sizeof key),
                           GUINT_TO_POINTER (walk->run->plan->files->len + 1));
      return FALSE;
    }
  other.name = sr_restore_plan_text (walk->run->plan, node->entry.name);
  other.folder = walk->folder;
  other.type = SR_ENTRY_FILE;
  other.link_to = (gint64) GPOINTER_TO_UINT (first) - 1;
  other.replaces = (flags & SR_RESTORE_REPLACES) != 0;
  g_array_append_val (walk->run->plan->others, other);
  return TRUE;
}

static gboolean
add_file (Walk         *walk,
          const SrNode *node,
          gint          flags,
          GError      **error)
{
  SrRestorePlan *plan = walk->run->plan;
  guint32        number;

  if (add_hard_link (walk, node, flags))
    return TRUE;
  if (plan->refs->len > G_MAXUINT32 - 1 - node->n_content || plan->files->len == G_MAXUINT32 - 1)
    {
      g_set_error_literal (
          error, SR_ERROR, SR_ERROR_UNSUPPORTED,
          "The snapshot has more files than one restore can hold; restore it in parts");
      return FALSE;
    }
  number = sr_restore_plan_add_file (plan, walk->folder, &node->entry, flags);
  add_content (walk, node, number);
  return TRUE;
}

static void
add_other (Walk         *walk,
           const SrNode *node,
           gint          flags)
{
  SrRestorePlan *plan = walk->run->plan;
  SrRestoreOther other = { 0 };

  other.name = sr_restore_plan_text (plan, node->entry.name);
  other.meta = sr_restore_plan_meta (plan, &node->entry);
  other.folder = walk->folder;
  other.type = node->entry.type;
  other.device = node->entry.device;
  other.link_to = -1;
  other.replaces = (flags & SR_RESTORE_REPLACES) != 0;
  if (node->entry.link_target != NULL)
    other.link_target = sr_restore_plan_text (plan, node->entry.link_target);
  g_array_append_val (plan->others, other);
}

static gboolean
is_folder_there (int         parent_fd,
                 const char *name)
{
  struct stat st;

  return parent_fd >= 0 && fstatat (parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR (st.st_mode);
}

/* Makes the folder @number of the plan, whose parent is there. */
static gboolean
make_folder (Walk    *walk,
             guint32  number,
             GError **error)
{
  SrRestoreRun    *run = walk->run;
  SrRestoreFolder *folder = sr_restore_plan_folder (run->plan, number);
  SrOverwrite      rule = run->options->overwrite;
  gboolean         replace = rule == SR_OVERWRITE_ALWAYS || rule == SR_OVERWRITE_IF_CHANGED;
  gboolean         fresh;
  gboolean         ok;
  int              parent_fd;

  folder->lazy = FALSE;
  sr_restore_count (run, &run->stats->dirs, 1);
  if (run->options->dry_run)
    return TRUE;
  parent_fd = sr_restore_target_hold (run->target, folder->parent, error);
  if (parent_fd < 0)
    return FALSE;
  ok = sr_beneath_make_folder (parent_fd, folder->name, replace, &fresh, error);
  sr_restore_target_release (run->target, folder->parent);
  folder->fresh = ok && fresh;
  folder->missing = !ok;
  return ok;
}

/* Something in the folder that is read is chosen: it and those above it must be there. */
static gboolean
make_way (Walk    *walk,
          GError **error)
{
  SrRestoreRun      *run = walk->run;
  g_autoptr (GArray) way = NULL;

  if (!sr_restore_plan_folder (run->plan, walk->folder)->lazy)
    return TRUE;
  way = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 number = walk->folder; sr_restore_plan_folder (run->plan, number)->lazy;
       number = sr_restore_plan_folder (run->plan, number)->parent)
    g_array_append_val (way, number);
  for (guint i = way->len; i > 0; i--)
    if (!make_folder (walk, g_array_index (way, guint32, i - 1), error))
      return FALSE;
  if (run->options->dry_run)
    return TRUE;
  walk->fd = sr_restore_target_hold (run->target, walk->folder, error);
  return walk->fd >= 0;
}

/* Returns: whether to go on, after a failure that was told */
static gboolean
tell_or_end (Walk       *walk,
             const char *name,
             GError     *reason,
             GError    **error)
{
  if (sr_restore_is_fatal (reason))
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  sr_restore_report_failed (walk->run, walk->folder, name, reason);
  return TRUE;
}

/* A folder that is only on the way to what may be chosen is not made yet; one that is there is left
 * as it is. */
static gboolean
add_folder (Walk         *walk,
            const SrNode *node,
            gboolean      chosen,
            GError      **error)
{
  SrRestoreRun    *run = walk->run;
  gboolean         there = is_folder_there (walk->fd, node->entry.name);
  Pending          pending = { .tree = node->subtree };
  SrRestoreFolder *folder;
  GError          *reason = NULL;

  if (chosen && !make_way (walk, &reason))
    return tell_or_end (walk, node->entry.name, reason, error);
  pending.folder = sr_restore_plan_add_folder (run->plan, walk->folder, node->entry.name, NULL);
  folder = sr_restore_plan_folder (run->plan, pending.folder);
  folder->missing = !there;
  folder->lazy = !there && !chosen;
  if (chosen && !make_folder (walk, pending.folder, &reason))
    return tell_or_end (walk, node->entry.name, reason, error);
  if (chosen || !there)
    folder->meta = sr_restore_plan_meta (run->plan, &node->entry);
  if (node->has_subtree)
    g_array_append_val (walk->pending, pending);
  else
    sr_restore_report_failed (run, walk->folder, node->entry.name,
                              g_error_new_literal (SR_ERROR, SR_ERROR_DAMAGED,
                                                   "The snapshot has no content of this folder"));
  return TRUE;
}

static gboolean
add_node (Walk         *walk,
          const SrNode *node,
          GError      **error)
{
  SrRestoreRun *run = walk->run;
  gint          flags;
  gboolean      descend;
  gboolean      chosen;
  GError       *reason = NULL;

  /* The decoder refuses such names already; a restore depends on it too much to believe that. */
  if (!sr_entry_name_is_safe (node->entry.name))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "A name in the tree is not safe");
      return FALSE;
    }
  if (walk->names != NULL)
    g_hash_table_add (walk->names, g_strdup (node->entry.name));
  chosen = is_chosen (walk, node->entry.name, node->entry.type, &descend);
  if (node->entry.type == SR_ENTRY_DIR)
    return !(chosen || descend) || add_folder (walk, node, chosen, error);
  if (!chosen)
    return TRUE;
  if (!make_way (walk, &reason))
    return tell_or_end (walk, node->entry.name, reason, error);
  if (!decide (walk, &node->entry, &flags))
    {
      sr_restore_count (run, &run->stats->files_skipped, 1);
      sr_restore_report (run, walk->folder, node->entry.name, "skipped", node->entry.size, NULL);
      return TRUE;
    }
  if (node->entry.type == SR_ENTRY_FILE)
    return add_file (walk, node, flags, error);
  add_other (walk, node, flags);
  return TRUE;
}

/* What an existing folder holds beyond the snapshot. Only called when the whole tree was read: what
 * could not be read may well be in the snapshot. */
static gboolean
find_extras (Walk    *walk,
             GError **error)
{
  int            fd = openat (walk->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR           *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *found;

  if (dir == NULL)
    {
      sr_set_error_errno (error, errno, "The folder cannot be listed in the target");
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  while ((found = readdir (dir)) != NULL)
    {
      SrRestoreExtra extra = { 0 };

      if (strcmp (found->d_name, ".") == 0 || strcmp (found->d_name, "..") == 0 ||
          g_hash_table_contains (walk->names, found->d_name))
        continue;
      extra.folder = walk->folder;
      extra.name = sr_restore_plan_text (walk->run->plan, found->d_name);
      g_array_append_val (walk->run->plan->extras, extra);
    }
  closedir (dir);
  return TRUE;
}

static gboolean
wants_extras (const Walk *walk)
{
  const SrRestoreFolder *folder = sr_restore_plan_folder (walk->run->plan, walk->folder);

  return walk->run->options->delete_extra && walk->fd >= 0 && !folder->fresh;
}

/* An entry that says nothing one could restore; the others of its folder do not suffer for it. */
static void
skip_node (Walk   *walk,
           GError *reason)
{
  const SrRestoreFolder *folder = sr_restore_plan_folder (walk->run->plan, walk->folder);

  walk->whole = FALSE;
  g_prefix_error (&reason, "An entry of this folder is lost: ");
  sr_restore_report_failed (walk->run, folder->parent, folder->name, reason);
}

/* Reads one tree. Returns: %FALSE with @error if the tree could not be read to its end */
static gboolean
read_tree (Walk       *walk,
           const SrId *tree,
           GError    **error)
{
  SrRestoreRun             *run = walk->run;
  g_autoptr (SrTreeDecoder) decoder = NULL;

  decoder = sr_repo_open_tree (run->repo, walk->codec, tree, run->cancellable, error);
  if (decoder == NULL)
    return FALSE;
  sr_tree_decoder_set_lenient (decoder, TRUE);
  while (TRUE)
    {
      g_auto (SrNode) node = { 0 };
      GError         *reason = NULL;
      int             more = sr_tree_decoder_next (decoder, &node, &reason);

      if (more < 0 && sr_tree_decoder_can_continue (decoder))
        {
          skip_node (walk, reason);
          continue;
        }
      if (more < 0)
        g_propagate_error (error, reason);
      if (more <= 0)
        return more == 0;
      if (sr_check_cancelled (run->cancellable, error) || !add_node (walk, &node, error))
        return FALSE;
    }
}

static gboolean
read_folder_held (Walk          *walk,
                  const Pending *pending,
                  GError       **error)
{
  gboolean ok;

  if (wants_extras (walk))
    walk->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk->whole = TRUE;
  ok = read_tree (walk, &pending->tree, error);
  if (ok && walk->whole && walk->names != NULL)
    ok = find_extras (walk, error);
  g_clear_pointer (&walk->names, g_hash_table_unref);
  return ok;
}

/* Returns: %FALSE with @error only if the whole restore must end */
static gboolean
read_folder (Walk          *walk,
             const Pending *pending,
             GError       **error)
{
  SrRestoreRun    *run = walk->run;
  SrRestoreFolder *folder = sr_restore_plan_folder (run->plan, pending->folder);
  GError          *reason = NULL;
  gboolean         ok = TRUE;

  walk->folder = pending->folder;
  walk->fd = -1;
  g_string_truncate (walk->path, 0);
  sr_restore_plan_append_path (run->plan, pending->folder, walk->path);
  walk->path_length = walk->path->len;
  if (!folder->missing)
    {
      walk->fd = sr_restore_target_hold (run->target, pending->folder, &reason);
      ok = walk->fd >= 0;
    }
  if (ok)
    ok = read_folder_held (walk, pending, &reason);
  if (walk->fd >= 0)
    sr_restore_target_release (run->target, pending->folder);
  if (ok)
    return TRUE;
  if (sr_restore_is_fatal (reason))
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  folder = sr_restore_plan_folder (run->plan, pending->folder);
  g_prefix_error (&reason, "What is below this folder is not whole: ");
  sr_restore_report_failed (run, folder->parent, folder->name, reason);
  return TRUE;
}

gboolean
sr_restore_walk (SrRestoreRun *run,
                 const SrId   *tree,
                 GError      **error)
{
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (run->repo, SR_COMPRESSION_AUTO);
  g_autoptr (GArray)      pending = g_array_new (FALSE, FALSE, sizeof (Pending));
  g_autoptr (GHashTable)  links = NULL;
  g_autoptr (GString)     path = g_string_new (NULL);
  Walk                    walk = { .run = run, .codec = codec, .pending = pending, .path = path };
  Pending                 root = { 0 };
  gboolean                ok = TRUE;

  links = g_hash_table_new_full (link_key_hash, link_key_equal, g_free, NULL);
  walk.links = links;
  root.tree = *tree;
  g_array_append_val (pending, root);
  while (ok && pending->len > 0)
    {
      Pending next = g_array_index (pending, Pending, pending->len - 1);

      g_array_set_size (pending, pending->len - 1);
      ok = read_folder (&walk, &next, error);
    }
  return ok;
}
