/* A library that is loaded before the C library (LD_PRELOAD) and stands in for some of its functions. .NET looks functions up by
   name, so that the look-up itself is answered here, too. Whoever includes this lists its own in STANDS_IN(X), as X(name). */
#include <dlfcn.h>
#include <string.h>

void *dlsym(void *restrict library, const char *restrict name)
{
    static void *(*real)(void *, const char *);
    if (!real) {
        real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
        if (!real) {
            real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
        }
    }
#define ANSWER(function)                 \
    if (strcmp(name, #function) == 0) {  \
        return (void *)function;         \
    }
    STANDS_IN(ANSWER)
    return real(library, name);
}
