/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-signals.h"
#include "cli/sr-text.h"
#include "repo/sr-lock.h"

#include <errno.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static const SrCliVerb *const verbs[] = {
  &sr_verb_init,
  &sr_verb_backup,
  &sr_verb_run,
  &sr_verb_snapshots,
  &sr_verb_ls,
  &sr_verb_find,
  &sr_verb_diff,
  &sr_verb_dump,
  &sr_verb_restore,
  &sr_verb_check,
  &sr_verb_forget,
  &sr_verb_prune,
  &sr_verb_key,
  &sr_verb_stats,
  &sr_verb_unlock,
  &sr_verb_copy,
  &sr_verb_repair,
  &sr_verb_inspect,
  &sr_verb_verify,
  &sr_verb_records,
  &sr_verb_compare,
  &sr_verb_extract,
  &sr_verb_import,
  &sr_verb_restore_file,
  &sr_verb_convert,
  &sr_verb_export,
  &sr_verb_site,
  &sr_verb_history,
  &sr_verb_status,
};

SrExitCode
sr_cli_exit_code_from_error (const GError *error)
{
  if (error == NULL || error->domain != SR_ERROR)
    return SR_EXIT_FAILED;
  switch ((SrErrorCode) error->code)
    {
    case SR_ERROR_NOT_FOUND:
      return SR_EXIT_NOT_FOUND;
    case SR_ERROR_WRONG_PASSWORD:
      return SR_EXIT_WRONG_PASSWORD;
    case SR_ERROR_LOCKED:
      return SR_EXIT_LOCKED;
    case SR_ERROR_DAMAGED:
      return SR_EXIT_DAMAGE;
    case SR_ERROR_NO_SPACE:
      return SR_EXIT_NO_SPACE;
    case SR_ERROR_CANCELLED:
      return SR_EXIT_CANCELLED;
    case SR_ERROR_REFUSED:
      return SR_EXIT_REFUSED;
    case SR_ERROR_INVALID:
      return SR_EXIT_USAGE;
    case SR_ERROR_INCOMPLETE:
      return SR_EXIT_INCOMPLETE;
    case SR_ERROR_NETWORK:
    case SR_ERROR_AUTH:
    case SR_ERROR_TIMEOUT:
      return SR_EXIT_NETWORK;
    case SR_ERROR_FAILED:
    case SR_ERROR_EXISTS:
    case SR_ERROR_UNSUPPORTED:
    case SR_ERROR_PERMISSION:
    case SR_ERROR_CHILD:
    case SR_ERROR_IO:
    default:
      return SR_EXIT_FAILED;
    }
}

gboolean
sr_cli_check_arguments (const char *const *arguments,
                        guint              min,
                        guint              max,
                        GError           **error)
{
  guint            n = g_strv_length ((char **) arguments);
  g_autofree char *shown = NULL;

  if (n >= min && n <= max)
    return TRUE;
  shown = n > max ? sr_text_name (arguments[max]) : NULL;
  if (n > max)
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "The argument “%s” is one too many", shown);
  else
    g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "An argument is missing");
  return FALSE;
}

static void
print_usage (void)
{
  printf ("Usage:\n  strongroomctl VERB [OPTION…] [ARGUMENT…]\n\n"
          "Backs up, verifies and restores an ERP with encrypted vaults.\n\nVerbs:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    printf ("  %-12s  %s\n", verbs[i]->name, verbs[i]->summary);
  printf ("\n“strongroomctl VERB --help” shows the options of a verb, with examples.\n");
}

/* The one place where errors are shown. */
static void
print_error (const GError *error,
             gboolean      json,
             gboolean      with_hint,
             const char   *verb)
{
  g_autofree char *shown = NULL;

  if (json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autofree char        *text = NULL;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "error");
      json_builder_begin_object (builder);
      sr_cli_json_add_error (builder, error);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
      text = sr_cli_json_to_text (builder);
      fprintf (stderr, "%s\n", text);
      return;
    }
  shown = sr_text_message (error->message);
  fprintf (stderr, "strongroomctl: %s\n", shown);
  if (with_hint && sr_error_is (error, SR_ERROR_INVALID))
    fprintf (stderr, "“strongroomctl %s%s--help” shows how it is used.\n", verb != NULL ? verb : "",
             verb != NULL ? " " : "");
}

static const SrCliVerb *
find_verb (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i]->name, name) == 0)
      return verbs[i];
  return NULL;
}

static void
cli_clear (SrCli *cli)
{
  g_clear_pointer (&cli->locks, g_ptr_array_unref);
  g_clear_object (&cli->progress);
  g_clear_pointer (&cli->status, sr_status_line_free);
  g_clear_object (&cli->cancellable);
  g_free (cli->location);
  sr_password_source_clear (&cli->password);
  g_strfreev (cli->hosts);
  g_strfreev (cli->paths);
  g_strfreev (cli->tags);
  g_strfreev (cli->behind_dashes);
}

static GOptionContext *
make_context (const SrCliVerb *verb,
              SrCli           *cli)
{
  const GOptionEntry choosing[] = {
    { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &cli->hosts,
      "Only snapshots of this computer", "NAME" },
    { "path", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &cli->paths,
      "Only snapshots of this path", "PATH" },
    { "tag", 0, 0, G_OPTION_ARG_STRING_ARRAY, &cli->tags,
      "Only snapshots with these tags", "TAG[,TAG…]" },
    G_OPTION_ENTRY_NULL
  };
  const GOptionEntry common[] = {
    /* first, so that it can be left out */
    { "vault", 0, 0, G_OPTION_ARG_FILENAME, &cli->location,
      "The vault; else $STRONGROOM_VAULT", "LOCATION" },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &cli->password.file,
      "Read the password from the first line of a file", "FILE" },
    { "password-command", 0, 0, G_OPTION_ARG_FILENAME, &cli->password.command,
      "Read the password from what a command prints", "COMMAND" },
    { "password-fd", 0, 0, G_OPTION_ARG_INT, &cli->password.fd,
      "Read the password from an open descriptor", "N" },
    { "keyring", 0, 0, G_OPTION_ARG_NONE, &cli->password.keyring,
      "Take the password from the keyring", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, "Print JSON", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &cli->quiet, "Print only errors", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &cli->verbose, "Print more", NULL },
    { "no-lock", 0, 0, G_OPTION_ARG_NONE, &cli->no_lock,
      "Take no lock on the vault; for verbs that only read", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autofree char *examples = g_strconcat ("Examples:\n", verb->examples, NULL);
  GOptionContext  *context = g_option_context_new (verb->arguments);

  g_option_context_set_summary (context, verb->summary);
  g_option_context_set_description (context, examples);
  if (verb->entries != NULL)
    g_option_context_add_main_entries (context, verb->entries, NULL);
  if (verb->opens_files)
    g_option_context_add_main_entries (context, sr_cli_file_entries, NULL);
  if (verb->chooses)
    g_option_context_add_main_entries (context, choosing, NULL);
  g_option_context_add_main_entries (context, common + (verb->own_vault ? 1 : 0), NULL);
  return context;
}

static void
append (char      ***list,
        char *const *more)
{
  GStrvBuilder *builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) *list);
  g_strv_builder_addv (builder, (const char **) more);
  g_strfreev (*list);
  *list = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
}

/**
 * parse:
 * @arguments: (inout): the whole command line without the program's name; afterwards what is no
 *   option
 *
 * What follows a "--" is kept apart: GOption would lose whether there was one.
 */
static gboolean
parse (const SrCliVerb *verb,
       SrCli           *cli,
       char          ***arguments,
       GError         **error)
{
  g_autoptr (GOptionContext) context = make_context (verb, cli);
  g_autofree char           *name = g_strdup_printf ("strongroomctl %s", verb->name);
  g_autoptr (GError)         local = NULL;
  char                     **list = *arguments;

  for (gsize i = 0; list[i] != NULL; i++)
    if (strcmp (list[i], "--") == 0)
      {
        cli->behind_dashes = g_strdupv (list + i + 1);
        for (gsize j = i; list[j] != NULL; j++)
          g_clear_pointer (&list[j], g_free);
        break;
      }
  g_set_prgname (name);
  if (!g_option_context_parse_strv (context, arguments, &local))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, local->message);
      return FALSE;
    }
  if (verb->writes && cli->no_lock)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "--no-lock is for verbs that only read");
      return FALSE;
    }
  if (!verb->keeps_dashes && cli->behind_dashes != NULL)
    append (arguments, cli->behind_dashes);
  if (cli->location == NULL)
    cli->location = g_strdup (g_getenv ("STRONGROOM_VAULT"));
  return TRUE;
}

/* Whatever was printed is worth nothing if it did not arrive. A reader who went away (`| head`) is
 * told nothing: there may be nobody. */
static gboolean
finish_output (SrCli   *cli,
               gboolean done,
               GError **error)
{
  int errnum = sr_status_line_flush_output (cli->status);

  if (errnum == 0)
    return done;
  g_clear_error (error);
  cli->output_lost = errnum == EPIPE;
  sr_set_error_errno (error, errnum, "Writing to standard output");
  return FALSE;
}

/* What the engine has to tell besides. */
static void
on_log (const char    *domain,
        GLogLevelFlags level,
        const char    *message,
        gpointer       user_data)
{
  if ((level & G_LOG_LEVEL_MASK) == G_LOG_LEVEL_MESSAGE)
    sr_cli_warn (user_data, "%s", message);
  else
    g_log_default_handler (domain, level, message, NULL);
}

static gboolean
run_verb (const SrCliVerb *verb,
          SrCli           *cli,
          char           **arguments,
          GError         **error)
{
  gboolean done;

  cli->cancellable = g_cancellable_new ();
  cli->locks = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_lock_release);
  cli->status = sr_status_line_new (cli->json || cli->quiet);
  cli->progress = sr_progress_new ();
  sr_status_line_follow (cli->status, cli->progress);
  sr_status_line_watch_output (cli->status, cli->cancellable);
  sr_signals_start (cli->cancellable);
  g_log_set_default_handler (on_log, cli);
  done = verb->run (cli, (const char *const *) arguments, error);
  g_log_set_default_handler (g_log_default_handler, NULL);
  sr_signals_stop ();
  sr_status_line_end (cli->status);
  return finish_output (cli, done, error);
}

static gboolean
has_word (char      **words,
          const char *word)
{
  for (gsize i = 0; words[i] != NULL && strcmp (words[i], "--") != 0; i++)
    if (strcmp (words[i], word) == 0)
      return TRUE;
  return FALSE;
}

static int
run_command_line (const SrCliVerb *verb,
                  char           **words)
{
  SrCli              cli = { .password = { .fd = -1 } };
  g_auto (GStrv)     arguments = g_strdupv (words);
  g_autoptr (GError) error = NULL;
  gboolean           json = has_word (words, "--json");
  int                code;

  /* The name of the verb stands where the parser expects the program's. */
  if (parse (verb, &cli, &arguments, &error))
    (void) run_verb (verb, &cli, arguments + 1, &error);
  code = error != NULL ? (int) sr_cli_exit_code_from_error (error) : (int) cli.exit_code;
  if (code == SR_EXIT_USAGE && cli.reads_file)
    code = SR_EXIT_DAMAGE;
  if (error != NULL && !cli.output_lost)
    print_error (error, json, !cli.reads_file, verb->name);
  cli_clear (&cli);
  return code;
}

static int
finish_stdout (void)
{
  return fflush (stdout) == 0 && !ferror (stdout) ? SR_EXIT_DONE : SR_EXIT_FAILED;
}

#define MAX_FILES 4096

/* Backup and restore keep some hundred files open; the usual soft limit is for programs that use
 * select(). */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MIN (limit.rlim_max, MAX_FILES))
    return;
  limit.rlim_cur = MIN (limit.rlim_max, MAX_FILES);
  (void) setrlimit (RLIMIT_NOFILE, &limit);
}

/* Buffers of this size come from the system and go back to it. Else the C library would keep each
 * that was once needed, in every thread's own store: a third of the memory of a large backup. */
#define LARGE_BUFFER (1024 * 1024)

static void
give_large_buffers_back (void)
{
#ifdef __GLIBC__
  (void) mallopt (M_MMAP_THRESHOLD, LARGE_BUFFER);
#endif
}

int
sr_cli_main (int    argc,
             char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *shown = NULL;
  const SrCliVerb   *verb;

  setlocale (LC_ALL, "");
  raise_file_limit ();
  give_large_buffers_back ();
  if (argc >= 2 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      print_usage ();
      return finish_stdout ();
    }
  if (argc >= 2 && strcmp (argv[1], "--version") == 0)
    {
      printf ("strongroomctl %s\n", SR_VERSION);
      return finish_stdout ();
    }
  verb = argc >= 2 ? find_verb (argv[1]) : NULL;
  if (verb != NULL)
    return run_command_line (verb, argv + 1);
  shown = sr_text_name (argc >= 2 ? argv[1] : "");
  if (argc < 2)
    g_set_error_literal (&error, SR_ERROR, SR_ERROR_INVALID, "No verb is given");
  else
    g_set_error (&error, SR_ERROR, SR_ERROR_INVALID, "There is no verb “%s”", shown);
  print_error (error, argc >= 2 && has_word (argv + 1, "--json"), TRUE, NULL);
  return SR_EXIT_USAGE;
}
