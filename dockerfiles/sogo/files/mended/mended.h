// How parts of SOGo are replaced: its headers would bring a development system with them, so what is used of it is declared here.
#include <objc/runtime.h>
#include <stddef.h>

@protocol Used
- (id)stringWithUTF8String:(const char *)text;
- (const char *)UTF8String;
- (id)arrayWithObject:(id)object;
- (id)objectForKey:(id)key;
- (unsigned long)count;
- (BOOL)isEqual:(id)other;
- (BOOL)isKindOfClass:(Class)other;
- (id)getElementsByTagName:(id)name;
- (id)imap4Connection;
- (id)enableExtensions:(id)names;
- (id)expunge;
- (id)sharedCache;
- (id)userAttributesForLogin:(id)login;
- (id)objectFromJSONString;
- (id)asSHA1String;
@end

// class is one of SOGo's or of its libraries'.
static inline id<Used> class(const char *name) { return (id<Used>)objc_getClass(name); }

static inline id string(const char *text) { return [class("NSString") stringWithUTF8String:text]; }

// replace puts a method in the place of another, and returns that, or NULL where this SOGo has none.
static inline IMP replace(const char *of, const char *name, IMP method) {
    return method_setImplementation(class_getInstanceMethod(objc_getClass(of), sel_registerName(name)), method);
}
