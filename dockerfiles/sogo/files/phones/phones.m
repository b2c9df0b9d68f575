// Makes mails go to phones by ActiveSync, and what phones delete go away.
#include <objc/runtime.h>
#include <stdio.h>

// What is used of SOGo and its libraries: their headers would bring a development system with them.
@protocol Used
- (id)stringWithUTF8String:(const char *)text;
- (id)arrayWithObject:(id)object;
- (unsigned long)count;
- (BOOL)isKindOfClass:(Class)other;
- (id)getElementsByTagName:(id)name;
- (id)imap4Connection;
- (id)enableExtensions:(id)names;
- (id)expunge;
@end

static id string(const char *text) { return [(id<Used>)objc_getClass("NSString") stringWithUTF8String:text]; }

// Dovecot counts the changes of a folder (HIGHESTMODSEQ) once somebody has asked for that, by ENABLE. Webmail asks before it looks at the
// count, and SOGo's ActiveSync does not: without a count it takes the folder for unchanged, for ever.
static id (*count_of)(id, SEL);

static id asked_count(id<Used> folder, SEL name) {
    [(id<Used>)[folder imap4Connection] enableExtensions:[(id<Used>)objc_getClass("NSArray") arrayWithObject:string("QRESYNC")]];
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

// replace puts a method in the place of another, and returns that.
static IMP replace(const char *class, const char *name, IMP method) {
    IMP old = method_setImplementation(class_getInstanceMethod(objc_getClass(class), sel_registerName(name)), method);
    if (old == NULL)
        fprintf(stderr, "sogo: this SOGo has no %s %s: phones will miss mails\n", class, name);
    return old;
}

__attribute__((constructor)) static void begin(void) {
    count_of = (id (*)(id, SEL))replace("SOGoMailFolder", "davCollectionTag", (IMP)asked_count);
    delete = (void (*)(id, SEL, id, id, int, id))replace("SOGoActiveSyncDispatcher", "processSyncDeleteCommand:inCollection:withType:inBuffer:", (IMP)delete_and_expunge);
}
