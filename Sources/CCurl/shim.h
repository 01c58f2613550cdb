#ifndef FITECH_CCURL_H
#define FITECH_CCURL_H
// The door to libcurl: its header, and static inline faces for its variadic calls.
#include <curl/curl.h>
#endif
