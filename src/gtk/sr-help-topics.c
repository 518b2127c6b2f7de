/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-help-topics.h"

static const SrHelpBlock erp_gone[] = {
  { SR_HELP_TEXT,
    N_ ("Stay calm: a restore never touches what is there before the new data is whole "
        "and counted. You cannot make it worse by trying.") },
  { SR_HELP_HEADING, N_ ("You Have a Backup File") },
  { SR_HELP_STEP, N_ ("Copy the file to this computer. Work on the copy and leave the original "
                      "where it is.") },
  { SR_HELP_STEP, N_ ("Drop it on this window, or choose “Restore From a Backup File”. What the "
                      "file is called does not matter, and no server is needed.") },
  { SR_HELP_STEP, N_ ("Read the verdict. Intact or complete: go on. Suspicious or broken: read the "
                      "reasons, and look for an older file before you rely on this one.") },
  { SR_HELP_STEP, N_ ("Restore into a new folder or an empty database first and look at it. Only "
                      "then replace anything.") },
  { SR_HELP_HEADING, N_ ("You Have a Vault") },
  { SR_HELP_STEP, N_ ("Connect the drive with the vault. You need its password: it is in the "
                      "keyring of the computer that made the backups, or on the recovery kit.") },
  { SR_HELP_STEP, N_ ("If Strongroom is set up here, choose the site and restore its newest good "
                      "backup. Otherwise type this, with the folder of the vault:") },
  { SR_HELP_COMMAND, "strongroomctl --vault /media/disk/vault snapshots" },
  { SR_HELP_COMMAND,
    "strongroomctl --vault /media/disk/vault restore latest --target /srv/restored "
    "--verify" },
  { SR_HELP_HEADING, N_ ("Afterwards") },
  { SR_HELP_TEXT, N_ ("Keep the damaged data until the restored ERP has run for some days: someone "
                      "may miss what was entered after the last backup.") },
  { SR_HELP_TEXT, NULL },
};

static const SrHelpBlock lost_password[] = {
  { SR_HELP_TEXT, N_ ("Without a password nobody opens a vault, neither we nor anybody else. But "
                      "often it is not lost everywhere:") },
  { SR_HELP_STEP, N_ ("The recovery kit: a printed sheet on which the password was written when "
                      "the vault was set up. Look where important papers are kept.") },
  { SR_HELP_STEP, N_ ("The keyring of the computer that makes the backups. While its owner can "
                      "log in, backups go on, and a new password can be added there.") },
  { SR_HELP_STEP, N_ ("A vault may have several passwords: ask who else set one.") },
  { SR_HELP_HEADING, N_ ("One Password Still Opens It") },
  { SR_HELP_TEXT, N_ ("Add a new one at once, then print a new recovery kit. The old passwords "
                      "stay valid until they are removed.") },
  { SR_HELP_COMMAND, "strongroomctl --vault /media/disk/vault key add" },
  { SR_HELP_COMMAND, "strongroomctl --vault /media/disk/vault key kit" },
  { SR_HELP_HEADING, N_ ("None Does") },
  { SR_HELP_TEXT,
    N_ ("The backups in this vault are lost; the ERP itself is not. Set up a new vault "
        "today and make a backup, so that there is a good one again. Do not delete "
        "the old vault yet: a password may still be found.") },
  { SR_HELP_HEADING, N_ ("A Backup File Asks for a Key") },
  { SR_HELP_TEXT,
    N_ ("That key belongs to the ERP's server, not to Strongroom. It is in the settings "
        "of that server. Keys that servers have built in are tried by themselves.") },
  { SR_HELP_TEXT, NULL },
};

static const SrHelpBlock without_strongroom[] = {
  { SR_HELP_TEXT,
    N_ ("A vault needs nothing of ours: it is a repository in restic's format. With the "
        "restic program, the folder and the password you can restore on any "
        "computer.") },
  { SR_HELP_HEADING, N_ ("See What Is There") },
  { SR_HELP_COMMAND, "restic -r /media/disk/vault snapshots" },
  { SR_HELP_HEADING, N_ ("Check Every Byte") },
  { SR_HELP_COMMAND, "restic -r /media/disk/vault check --read-data" },
  { SR_HELP_HEADING, N_ ("Restore the Newest Backup Into a New Folder") },
  { SR_HELP_COMMAND, "restic -r /media/disk/vault restore latest --target /tmp/restored" },
  { SR_HELP_TEXT,
    N_ ("restic asks for the password of the vault. Files lie below the new folder under "
        "their old names; SQLite databases are files, too, and were copied soundly.") },
  { SR_HELP_TEXT,
    N_ ("The recovery kit has these commands with the place of your vault. Print it and "
        "keep it in a drawer.") },
  { SR_HELP_TEXT, NULL },
};

const SrHelpTopic sr_help_topics[] = {
  { "erp-gone", N_ ("The ERP Is Gone"), erp_gone },
  { "lost-password", N_ ("I Lost the Password"), lost_password },
  { "without-strongroom", N_ ("Restore Without Strongroom"), without_strongroom },
  { NULL, NULL, NULL },
};

const SrHelpTopic *
sr_help_topic (const char *name)
{
  for (const SrHelpTopic *topic = sr_help_topics; topic->name != NULL; topic++)
    if (strcmp (topic->name, name) == 0)
      return topic;
  return NULL;
}
