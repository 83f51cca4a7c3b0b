/* A name that outlives the process and is one process's at a time, kept in a file: whoever gets it can be sure that the one
   that had it before has ended, however it ended. The file is locked (flock(2)) as long as the name is had. */
#ifndef PALABRE_OS_NAME_FILE_H
#define PALABRE_OS_NAME_FILE_H

#include <stdbool.h>

enum { NAME_FILE_CHARS = 32 };

struct name_file {
    char name[NAME_FILE_CHARS + 1]; /* of characters of base64url */
    bool is_old;                    /* another process had it before */
    int fd;                         /* ours; -1: the name is this process's alone, and forgotten with it */
};

/* Gives the name in the file, or a new one, which is written there: when there is none, or it was copied there with its file
   (a name is good for one file only). Where another process has it, or the file cannot be used: a new one, which is not
   kept. path may be NULL. Never fails. Any thread. */
void name_file_take(const char *path, struct name_file *out);
void name_file_drop(struct name_file *file);

#endif
