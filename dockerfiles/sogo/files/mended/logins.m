// Looks at names and passwords before SOGo does.
#include "mended.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef BOOL (*check)(id, SEL, id, id, id *, int *, int *, int *, id *, BOOL);
static check check_of;

// SOGo writes a name into its searches of the directory as it comes, once for who logs in and once for who that is. Signs that mean something
// there could make two people of it.
static BOOL searchable(id<Used> login) { return login && strpbrk([login UTF8String], "()*\\") == NULL; }

// remembered says whether a password is the one that SOGo keeps for a while after a login.
static BOOL remembered(id login, id<Used> password) {
    id<Used> known = [(id<Used>)[(id<Used>)[class("SOGoCache") sharedCache] userAttributesForLogin:login] objectFromJSONString];
    return [known isKindOfClass:objc_getClass("NSDictionary")] && [(id<Used>)[known objectForKey:string("password")] isEqual:[password asSHA1String]];
}

// Against a password that it remembers SOGo would compare as often as somebody likes, and count nothing: another one is for the directory,
// whose locks count, as do SOGo's own.
static BOOL check_and_count(id manager, SEL name, id login, id password, id *domain, int *error, int *expire, int *grace, id *more, BOOL remember) {
    return searchable(login) && check_of(manager, name, login, password, domain, error, expire, grace, more, remember && remembered(login, password));
}

__attribute__((constructor)) static void begin(void) {
    check_of = (check)replace("SOGoUserManager", "checkLogin:password:domain:perr:expire:grace:additionalInfo:useCache:", (IMP)check_and_count);
    if (check_of == NULL) {
        fprintf(stderr, "sogo: this SOGo is another one than logins.m is for, and would let passwords be guessed: not started\n");
        exit(1);
    }
}
