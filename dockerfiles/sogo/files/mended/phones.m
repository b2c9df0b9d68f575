// Makes mails go to phones by ActiveSync, and what phones delete go away.
#include "mended.h"
#include <stdio.h>

// Dovecot counts the changes of a folder (HIGHESTMODSEQ) once somebody has asked for that, by ENABLE. Webmail asks before it looks at the
// count, and SOGo's ActiveSync does not: without a count it takes the folder for unchanged, for ever.
static id (*count_of)(id, SEL);

static id asked_count(id<Used> folder, SEL name) {
    [(id<Used>)[folder imap4Connection] enableExtensions:[class("NSArray") arrayWithObject:string("QRESYNC")]];
    return count_of(folder, name);
}

// What a phone deletes is copied to Trash and marked, until somebody looks at another folder in webmail. What it moves is expunged at once,
// and so is this: a phone may be all that somebody uses.
static void (*delete)(id, SEL, id, id, int, id);

static void delete_and_expunge(id dispatcher, SEL name, id<Used> request, id<Used> folder, int kind, id answer) {
    delete(dispatcher, name, request, folder, kind, answer);
    if ([folder isKindOfClass:objc_getClass("SOGoMailFolder")] && [(id<Used>)[request getElementsByTagName:string("Delete")] count])
        [folder expunge];
}

__attribute__((constructor)) static void begin(void) {
    count_of = (id (*)(id, SEL))replace("SOGoMailFolder", "davCollectionTag", (IMP)asked_count);
    delete = (void (*)(id, SEL, id, id, int, id))replace("SOGoActiveSyncDispatcher", "processSyncDeleteCommand:inCollection:withType:inBuffer:", (IMP)delete_and_expunge);
    if (count_of == NULL || delete == NULL)
        fprintf(stderr, "sogo: this SOGo is another one than phones.m is for: phones will miss mails\n");
}
